"""The files of a zoo as they are today, by their paths, for commands that read them again."""

from __future__ import annotations

import os

from lstmlint.zoo.places import Places
from lstmlint.zoo.store import AUDITS, opened

#: The beginning of a SQLite database, and where it keeps the number of its application.
MAGIC, NUMBER_AT = b"SQLite format 3\0", 68


def is_store(path: str) -> bool:
    """Whether a file is the store of audits."""
    try:
        with open(path, "rb") as file:
            head = file.read(NUMBER_AT + 4)
    except (OSError, ValueError):
        return False
    return head.startswith(MAGIC) and int.from_bytes(head[NUMBER_AT:], "big") == AUDITS.application


def models_of(path: str) -> list[str]:
    """The paths of the files in a store that hold models today.

    Raises:
        StoreError: it cannot be used.
    """
    places = Places(os.path.dirname(path))
    with opened(path, writes=False) as store:
        rows = store.execute("SELECT path FROM current WHERE status = 'ok' ORDER BY path").fetchall()
    return [places.path(place) for (place,) in rows]
