"""A progress bar for people: on a terminal only, and only when the work takes longer than a second."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

Item = TypeVar("Item")

#: Seconds of work before a bar appears.
PATIENCE = 1.0
WIDTH = 30


def shown(items: Iterable[Item], total: int, stream: TextIO) -> Iterator[Item]:
    """Pass items on, and draw their number and the total on a terminal stream."""
    if not stream.isatty():
        yield from items
        return
    due = time.monotonic() + PATIENCE
    drawn = ""
    for done, item in enumerate(items, 1):
        _write(stream, _erased(drawn))  # whoever takes the item may print it on the same terminal
        yield item
        drawn = _bar(done, total) if time.monotonic() >= due else ""
        _write(stream, drawn)
    _write(stream, _erased(drawn))


def _bar(done: int, total: int) -> str:
    filled = WIDTH * done // max(total, 1)
    return f"\r[{'#' * filled}{' ' * (WIDTH - filled)}] {done}/{total} files"


def _erased(drawn: str) -> str:
    """The characters that erase a bar; none where none is drawn."""
    return drawn and "\r" + " " * len(drawn) + "\r"


def _write(stream: TextIO, text: str) -> None:
    if text:
        stream.write(text)
        stream.flush()
