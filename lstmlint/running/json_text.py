"""Plain data as JSON for programs: always valid UTF-8, and nothing in it is hidden."""

from __future__ import annotations

import json
import re
from typing import Any

from lstmlint.running.terminal import SURROGATES, UNSEEN

SURROGATE = re.compile(f"[{SURROGATES}]")
UNFIT = re.compile(f"[\x7f-\x9f{UNSEEN}]")
BEYOND_ASCII = re.compile(r"[^\x00-\x7e]")


def json_text(value: Any, *, indent: int | None = 2, is_ascii: bool = False) -> str:
    """Data as JSON with a line break behind it.

    A lone surrogate has no place in JSON (RFC 8259, section 8.2) and is written as the text of its escape. Characters
    that are not seen are escaped, with `is_ascii` all beyond ASCII.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    text = SURROGATE.sub(lambda match: f"\\\\u{ord(match[0]):04x}", text)
    return (BEYOND_ASCII if is_ascii else UNFIT).sub(_escape, text) + "\n"


def _escape(match: re.Match[str]) -> str:
    """A character as JSON escapes it."""
    return json.dumps(match[0])[1:-1] if match[0] != "\x7f" else "\\u007f"
