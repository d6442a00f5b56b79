"""Messages for files on which lstmlint itself fails, so that the other files are reported all the same."""

from __future__ import annotations

#: The message for a file whose reading killed the process.
CRASHED = "made its reader crash; it is damaged, save or download it again"


def defect(error: Exception) -> str:
    """The sentence about an exception that no reader and no rule should have raised."""
    return f"made lstmlint fail ({type(error).__name__}: {error}); this is a defect of lstmlint, please report it"
