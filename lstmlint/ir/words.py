"""Words around numbers."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun: `1 layer`, `1,200 layers`; `plural` where that is not the noun and an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
