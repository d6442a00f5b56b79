"""Strings from files, made fit for a terminal and for lines of output."""

from __future__ import annotations

import re

#: Control characters, lone surrogates, and marks that turn the direction of text.
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def fit(text: str) -> str:
    """The text on one line, with every character that could move a cursor or fail to be written as its escape."""
    return UNFIT.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
