"""The known name that an unknown name was meant to be, and the tip that follows an unknown name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

#: Likeness of a misspelt name and the right one (1 is equal), as `difflib` measures it.
LIKENESS = 0.75
#: The likeness where the unknown name may be right.
LIKENESS_OF_OWN = 0.85
#: The likeness where the unknown name is one that a user typed, and a wrong guess costs nothing.
LIKENESS_OF_TYPED = 0.6

#: A tip lists the known names if they are fewer than this, or if nothing else does.
FEW = 13

#: Largest length of a name.
MAX_LENGTH = 100


def closest(text: str, names: Iterable[str], likeness: float = LIKENESS) -> str | None:
    """The known name that is most like a text; names that differ only in case and underscores come first."""
    known = list(names) if len(text) <= MAX_LENGTH else []
    same = [name for name in known if len(text) > 1 and _plain(name) == _plain(text)]
    return _most_like(text, same, 0) or _most_like(text, known, likeness)


def tip(text: str, names: Iterable[str], listing: str = "") -> str:
    """The tip for a typed name that is none of the known ones: the one that was meant, else all of a few.

    `listing` is the command that lists them where they are many.
    """
    known = list(names)
    close = closest(text, known, LIKENESS_OF_TYPED)
    if close:
        return f"did you mean {close!r}?"
    return f"{listing!r} lists them" if listing and len(known) >= FEW else f"it is one of {', '.join(known)}"


@cache
def slip(text: str, names: Sequence[str]) -> str | None:
    """The known name that an unknown name was meant to be, if letters are missing, doubled or swapped."""
    if len(text) > MAX_LENGTH or text in names or not text.replace("_", "").isalpha():
        return None
    swapped = next((name for name in names if sorted(name) == sorted(text)), None)
    close = swapped or _most_like(text, names, LIKENESS_OF_OWN)
    return None if close is None or close.startswith(text) or text.startswith(close) else close


def _most_like(text: str, names: Sequence[str], likeness: float) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(text, names, 1, likeness)), None)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
