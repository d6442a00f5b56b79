"""Files that commands write for people and programs: checked before the work, and written whole or not at all.

New models are written by `lstmlint.fixing.writers`, which replaces nothing. `label` is the argument that a message
names.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TextIO

from lstmlint.commands.command import UsageError
from lstmlint.running.parts import new_part, synchronise

STANDARD_OUTPUT = "-"


def check_output(label: str, path: str, read: Iterable[str]) -> None:
    """Check before the work that a file can be written; `read` are the files of the run, which it may not replace.

    Raises:
        UsageError: the file cannot be written.
    """
    folder = os.path.dirname(path) or os.curdir
    if not os.path.isdir(folder):
        raise UsageError(f"{label}: there is no folder {folder}")
    if os.path.isdir(path):
        raise UsageError(f"{label}: is a folder; name a file in it")
    if os.path.exists(path) and _identity(path) in {_identity(one) for one in read}:
        raise UsageError(f"{label}: would replace a file that is read; name another one")


def write_output(label: str, path: str, text: str) -> None:
    """Write a text, so that the file holds either all of it or its old content; a link is followed.

    Raises:
        UsageError: the disk refuses.
    """
    content = text.encode("utf-8", "backslashreplace")
    try:
        _write(os.path.realpath(path), content)
    except OSError as error:
        raise UsageError(f"{label}: cannot be written: {error.strerror or error}") from error


def put(text: str, path: str | None, read: Iterable[str], stdout: TextIO) -> None:
    """Write a text to the file of `-o`, or to standard output where there is none.

    Raises:
        UsageError: the file cannot be written.
    """
    if path is None or path == STANDARD_OUTPUT:
        stdout.write(text)
        return
    check_output(f"-o {path}", path, read)
    write_output(f"-o {path}", path, text)


def _write(path: str, content: bytes) -> None:
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device, which cannot be replaced
        with open(path, "wb") as stream:
            stream.write(content)
        return
    temporary = new_part(path)
    try:
        with open(temporary, "wb") as stream:
            stream.write(content)
        synchronise(temporary)
        os.replace(temporary, path)
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
