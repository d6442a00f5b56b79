"""Standard output: UTF-8 for programs, and for people what their terminal can show."""

from __future__ import annotations

import codecs
import io
from typing import Any

FOR_PEOPLE = "lstmlint.for_people"
"""The name under which Python finds what to write for a character that an encoding does not have."""

IN_ASCII = {"…": "...", "×": "x", "·": "-", "→": "->", "└": "`-", "─": "-", "│": "|", "≥": ">=", "≤": "<="}


def in_ascii(error: UnicodeError) -> tuple[str, int]:
    """The replacement of characters that an encoding does not have, and the index at which to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(IN_ASCII.get(one) or ascii(one)[1:-1] for one in characters), error.end


codecs.register_error(FOR_PEOPLE, in_ascii)


def write_for_people(stream: Any) -> None:
    """Have a stream replace what its encoding does not have."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=FOR_PEOPLE)


def write_for_programs(stream: Any) -> None:
    """Have a stream write UTF-8, whatever the settings of the user are."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
