"""The known name that an unknown name was meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

#: Likeness of a misspelt name and the right one (1 is equal), as `difflib` measures it.
LIKENESS = 0.75
#: The likeness where the unknown name may be right.
LIKENESS_OF_OWN = 0.85

#: Largest length of a name.
MAX_LENGTH = 100


def closest(text: str, names: Iterable[str], likeness: float = LIKENESS) -> str | None:
    """The known name that is most like a text; names that differ only in case and underscores come first."""
    known = list(names) if len(text) <= MAX_LENGTH else []
    same = [name for name in known if len(text) > 1 and _plain(name) == _plain(text)]
    return _most_like(text, same, 0) or _most_like(text, known, likeness)


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
