"""Settings of layers as arguments: `units=128`, `reset_after=false`, `kernel_size=3,3`."""

from __future__ import annotations

import argparse
import json
from typing import Any

#: The names of Python, which JSON spells otherwise.
NAMES = {"True": True, "False": False, "None": None}


def assignment(text: str) -> tuple[str, Any]:
    """The key and the value of an argument: a value of JSON or Python, numbers with commas between them, or a text."""
    key, sign, written = text.partition("=")
    if not key.strip() or not sign or not written.strip():
        raise argparse.ArgumentTypeError(f"{text!r} sets nothing; write KEY=VALUE, as units=128")
    return key.strip(), _value(written.strip())


def dimensions(text: str) -> tuple[int | None, ...]:
    """The shape of an input without the batch: `4,2`, and `None,2` with an open dimension."""
    dims: list[int | None] = []
    for part in text.strip("() ").rstrip(",").split(","):
        written = part.strip()
        if written.lower() == "none":
            dims.append(None)
        elif written.isascii() and written.isdigit() and 0 < len(written) < 10 and int(written):
            dims.append(int(written))
        else:
            raise argparse.ArgumentTypeError(f"{text!r} is no shape; write 4,2 or None,2, without the batch")
    return tuple(dims)


def _value(written: str) -> Any:
    if written in NAMES:
        return NAMES[written]
    for one in (written, f"[{written}]") if "," in written else (written,):
        try:
            return json.loads(one)
        except (ValueError, RecursionError):
            continue
    return written
