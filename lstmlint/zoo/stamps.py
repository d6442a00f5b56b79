"""Stamps: size, time and inode of files, which change when they do."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable

from lstmlint.ir.addresses import is_address
from lstmlint.readers.pairing import named_beside
from lstmlint.zoo.answers import Beside, Stamp

#: SQLite holds no larger number; some file systems have larger inodes.
LARGEST = 2**63 - 1

ABSENT = Stamp(None, None, None)

#: A file that is younger may change once more without another time, as some file systems count in seconds.
YOUNG_NS = 2 * 10**9

#: How far the clock of a file system may be ahead of ours: some write the local time. What is later was set by hand.
AHEAD_NS = 24 * 60 * 60 * 10**9


def stamp_of(path: str) -> Stamp:
    """The stamp of a file that is there; `ABSENT` of another.

    That of a file at an address has a digest of its ETag or version for a time.
    """
    if is_address(path):
        return _stamp_elsewhere(path)
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ABSENT
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino & LARGEST)


def _stamp_elsewhere(address: str) -> Stamp:
    from lstmlint.remote.transport import ElsewhereError
    from lstmlint.remote.versions import version_of

    try:
        size, tag = version_of(address)
    except ElsewhereError:
        return ABSENT
    digest = hashlib.sha256(tag.encode("utf-8", "backslashreplace")).digest()[:8]
    return Stamp(size, int.from_bytes(digest, "big") & LARGEST if tag else None, None)


def is_gone(path: str) -> bool:
    """Whether there is no file at a path or address any more; a server that does not answer says nothing."""
    if not is_address(path):
        return not os.path.lexists(path)
    from lstmlint.remote.transport import ElsewhereError, MissingError
    from lstmlint.remote.versions import forget, version_of

    forget(path)
    try:
        version_of(path)
    except MissingError:
        return True
    except ElsewhereError:
        return False
    return False


def trusted(before: Stamp, after: Stamp) -> Stamp:
    """The stamp of a file that was read in between: without a time where the same time may come again.

    Args:
        before: its stamp before it was read.
        after: the same, afterwards.
    """
    is_young = before.mtime_ns is not None and -AHEAD_NS < time.time_ns() - before.mtime_ns < YOUNG_NS
    return before._replace(mtime_ns=None) if is_young or before != after else before


def beside(path: str, others: Iterable[str] = ()) -> tuple[Beside, ...]:
    """The files beside one on which it may depend what is read of it.

    Args:
        path: the file.
        others: names of files that are known to belong to it, whatever they are named.
    """
    folder = os.path.dirname(path)
    names = sorted({*map(os.path.basename, named_beside(path)), *others})
    return tuple(Beside(name, stamp_of(os.path.join(folder, name))) for name in names)


def beside_text(others: Iterable[Beside]) -> str:
    """The files beside one as the store writes them."""
    return json.dumps([[one.name, *one.stamp] for one in others], separators=(",", ":"))


NOTHING_BESIDE = beside_text(())
