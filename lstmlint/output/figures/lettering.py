"""The width of text without a font: wide enough for the usual sans-serif and monospaced fonts."""

from __future__ import annotations

import unicodedata

from lstmlint.running.terminal import fit

#: Widths as parts of the font size, taken from DejaVu Sans, the widest of the usual fonts.
NARROW, USUAL, WIDE, FULL = 0.36, 0.61, 0.72, 1.0
NARROW_LETTERS = frozenset("iljtfrI.,:;|'`!()[]{}/\\ -")
BROADEST = frozenset("mMWw@%<>=+~^#&")
#: The width of bold letters relative to plain ones.
BOLD = 1.1
MONOSPACED = 0.605

CUT = "…"


def width(text: str, size: float, *, is_monospaced: bool = False) -> float:
    """The width of text at a font size, in the unit of the font size."""
    return size * sum(_letter(letter, is_monospaced) for letter in text)


def shortened(text: str, size: float, room: float, *, is_monospaced: bool = False) -> str:
    """Text that fits a width: whole, or without its middle, as beginnings and ends tell names apart."""
    text = fit(text)
    if len(text) <= 1000 and width(text, size, is_monospaced=is_monospaced) <= room:
        return text
    kept = min(len(text), 400)
    while kept > 1:
        kept -= 1
        short = text[: kept - kept // 2] + CUT + text[len(text) - kept // 2 :]
        if width(short, size, is_monospaced=is_monospaced) <= room:
            return short
    return CUT


def _letter(letter: str, is_monospaced: bool) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return FULL + 0.1
    if is_monospaced:
        return MONOSPACED
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in BROADEST:
        return FULL
    if not letter.isascii() and not letter.isalpha():
        return FULL
    return WIDE if letter.isupper() else USUAL
