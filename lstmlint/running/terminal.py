"""Strings from files, made safe for a terminal and for lines of output."""

from __future__ import annotations

import re

#: Control characters, lone surrogates, and marks that change the direction of text.
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def fit(text: str) -> str:
    """The text on one line, with an escape for every character that may move a cursor or cannot be written."""
    return UNFIT.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
