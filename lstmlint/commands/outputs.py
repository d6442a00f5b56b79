"""`--output FORMAT=FILE`: reports besides the one on standard output, each written whole into its file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lstmlint.commands.command import UsageError
from lstmlint.reporters import formats


@dataclass(frozen=True, slots=True)
class Output:
    """A report to write: its format and its file."""

    format: str
    path: str

    def __str__(self) -> str:
        return f"--output {self.format}={self.path}"


def outputs_of(texts: Sequence[str], read: Iterable[str]) -> tuple[Output, ...]:
    """What some `FORMAT=FILE` ask for; `read` are the files of the run, which no report may replace.

    Raises:
        UsageError: one of them cannot be meant or cannot be written, which is better known before the work than after.
    """
    outputs = tuple(map(_parsed, texts))
    kept = {_identity(path) for path in read} if any(os.path.exists(output.path) for output in outputs) else set()
    named: set[str] = set()
    for output in outputs:
        folder, path = os.path.dirname(output.path) or os.curdir, os.path.realpath(output.path)
        if not os.path.isdir(folder):
            raise UsageError(f"{output}: there is no folder {folder}")
        if os.path.isdir(path):
            raise UsageError(f"{output}: is a folder; name a file in it")
        if os.path.exists(path) and _identity(path) in kept:
            raise UsageError(f"{output}: would replace a file that is checked; name another one")
        if path in named:
            raise UsageError(f"{output}: the file is named twice; give each report its own")
        named.add(path)
    return outputs


def _parsed(text: str) -> Output:
    name, sign, path = text.partition("=")
    if not sign or not path:
        raise UsageError(f"--output {text}: write it as FORMAT=FILE")
    if name not in formats():
        raise UsageError(f"--output {text}: there is no format {name!r}; there are {', '.join(formats())}")
    if path == "-":
        raise UsageError(f"--output {text}: what goes to standard output is chosen with --format {name}")
    return Output(name, path)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def write(output: Output, text: str) -> None:
    """Write a report so that its file holds all of it or what it held before.

    Raises:
        UsageError: the disk refuses.
    """
    content = text.encode("utf-8", "backslashreplace")
    try:
        _replace(os.path.realpath(output.path), content)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror or error}") from error


def _replace(path: str, content: bytes) -> None:
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device, which nothing can take the place of
        with open(path, "wb") as stream:
            stream.write(content)
        return
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.part")
    try:
        with open(temporary, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)
