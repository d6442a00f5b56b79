"""A progress bar for people: on a terminal only, and only when the work takes longer than a second."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

Item = TypeVar("Item")

#: Seconds of work before a bar appears, and between two drawings of it.
PATIENCE = 1.0
INTERVAL = 0.1
WIDTH = 30


def shown(items: Iterable[Item], total: int, stream: TextIO) -> Iterator[Item]:
    """Pass items on, and draw their number and the total on a terminal stream."""
    if not stream.isatty():
        yield from items
        return
    due = time.monotonic() + PATIENCE
    drawn = False
    for done, item in enumerate(items, 1):
        yield item
        now = time.monotonic()
        if now >= due:
            filled = WIDTH * done // max(total, 1)
            stream.write(f"\r[{'#' * filled}{' ' * (WIDTH - filled)}] {done}/{total} files")
            stream.flush()
            due, drawn = now + INTERVAL, True
    if drawn:
        stream.write("\r" + " " * (WIDTH + 30) + "\r")
        stream.flush()
