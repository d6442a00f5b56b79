"""Strings from files, made fit for a terminal and for lines of output."""

from __future__ import annotations

import re

#: Lone surrogates, which no encoding of Unicode has.
SURROGATES = "\ud800-\udfff"
#: Characters of Unicode that are not seen: those of the category Cf, letters that are empty, and all of plane 14.
UNSEEN = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
#: These, and control characters.
UNFIT = re.compile(f"[\x00-\x1f\x7f-\x9f{UNSEEN}{SURROGATES}]")


def fit(text: str) -> str:
    """The text on one line; every character that could move a cursor, hide or fail to be written is its escape."""
    return UNFIT.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
