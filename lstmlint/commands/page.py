"""`-o OUT` of the commands that write one page or picture: checked before, and written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TextIO

from lstmlint.commands.command import CLEAN, UsageError


def checked_output(path: str, read: Iterable[str]) -> str:
    """The path to write to, where nothing stands in the way; `read` are the files of the run, which it may not replace.

    Raises:
        UsageError: it cannot be written, which is better known before the work than after.
    """
    folder = os.path.dirname(path) or os.curdir
    if not os.path.isdir(folder):
        raise UsageError(f"-o {path}: there is no folder {folder}")
    if os.path.isdir(path):
        raise UsageError(f"-o {path}: is a folder; name a file in it")
    if os.path.exists(path) and any(os.path.exists(one) and os.path.samefile(one, path) for one in read):
        raise UsageError(f"-o {path}: would replace the file that it is made from; name another one")
    return path


def write_page(text: str, path: str | None, read: Iterable[str], stdout: TextIO) -> int:
    """Write a text to a file, whose old content goes only once the new is there, or to standard output.

    Raises:
        UsageError: the disk refuses.
    """
    if path is None or path == "-":
        stdout.write(text)
        return CLEAN
    target = os.path.realpath(checked_output(path, read))
    content = text.encode("utf-8", "backslashreplace")
    try:
        if os.path.exists(target) and not os.path.isfile(target):  # a pipe or a device: nothing can take its place
            with open(target, "wb") as stream:
                stream.write(content)
            return CLEAN
        _replace(target, content)
    except OSError as error:
        raise UsageError(f"-o {path}: cannot be written: {error.strerror or error}") from error
    return CLEAN


def _replace(path: str, content: bytes) -> None:
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.part")
    try:
        with open(temporary, "xb") as stream:
            stream.write(content)
        os.replace(temporary, path)
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)
