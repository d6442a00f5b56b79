"""A progress bar for people: on a terminal only, and only when the work takes longer than a second."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

Item = TypeVar("Item")

#: Seconds of work before a bar appears.
PATIENCE = 1.0
WIDTH = 30


def shown(items: Iterable[Item], total: int, stream: TextIO) -> Iterator[Item]:
    """Pass items on, and draw their number, rate and time left on a terminal stream."""
    if not stream.isatty():
        yield from items
        return
    started = time.monotonic()
    drawn = ""
    for done, item in enumerate(items, 1):
        _write(stream, _erased(drawn))  # whoever takes the item may print it on the same terminal
        yield item
        elapsed = time.monotonic() - started
        drawn = _bar(done, total, elapsed) if elapsed > PATIENCE else ""
        _write(stream, drawn)
    _write(stream, _erased(drawn))


def _bar(done: int, total: int, elapsed: float) -> str:
    """A bar with the files of each second so far, and the time left at that rate."""
    filled = WIDTH * done // max(total, 1)
    rate = done / elapsed
    left = _clock((total - done) / rate)
    return f"\r[{'#' * filled}{' ' * (WIDTH - filled)}] {done}/{total} files, {rate:.1f}/s, {left} left"


def _clock(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any; a part of a second counts as one."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _erased(drawn: str) -> str:
    """The characters that erase a bar; none where none is drawn."""
    return drawn and "\r" + " " * len(drawn) + "\r"


def _write(stream: TextIO, text: str) -> None:
    if text:
        stream.write(text)
        stream.flush()
