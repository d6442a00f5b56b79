"""Temporary files beside the file that they become: hidden, named after their process, removed when it is gone."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from itertools import count

PART = re.compile(r"\..+\.(\d+)-\d+\.part")
OLD_SECONDS = 24 * 3600
"""Age of a part that no process writes any more, on systems that do not tell whether a process runs."""


def new_part(path: str) -> str:
    """The path of a new and empty temporary file beside a file; what runs that were killed left of it is removed.

    Raises:
        OSError: the folder takes no file.
    """
    folder, name = os.path.split(path)
    for left in parts_left(folder or os.curdir, name):
        _remove(left)
    for number in count():
        part = os.path.join(folder, f".{name}.{os.getpid()}-{number}.part")
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            continue
        return part
    raise AssertionError


def parts_left(folder: str, name: str) -> Iterator[str]:
    """The temporary files of a file whose process is gone."""
    for entry in list(os.scandir(folder)):
        match = PART.fullmatch(entry.name) if entry.name.startswith(f".{name}.") else None
        if match is not None and is_gone(int(match[1][:18]), entry.stat(follow_symlinks=False).st_mtime):
            yield entry.path


def is_gone(process: int, written: float, system: str = os.name) -> bool:
    """Whether a process does not run any more; on Windows, where nothing asks that, whether it wrote long ago."""
    if system == "nt":
        return time.time() - written > OLD_SECONDS
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it is another user's, or no number of a process
        return False
    return False


def synchronise(path: str) -> None:
    """Have the system write a file to the disk; Windows wants it opened for writing."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
