"""From the paths of a command line to the files that are read, in an order that does not depend on the file system."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import STANDARD_INPUT, UnreadableError
from lstmlint.readers import is_candidate

#: Folders whose files do not belong to the project itself.
SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, or the reason why a path leads to none."""

    path: str
    error: str = ""


def targets(paths: list[str]) -> Iterator[InputFile]:
    """The files that paths name: files, folders (searched recursively for models), globs, `-`.

    A file that is named twice is read once. Hidden folders are not searched.
    """
    seen: set[str] = set()
    for path in paths:
        for target in _expand(path):
            if target.path not in seen:
                seen.add(target.path)
                yield target


def _expand(path: str) -> Iterator[InputFile]:
    if path == STANDARD_INPUT or os.path.isfile(path):
        yield InputFile(path)
    elif os.path.isdir(path):
        yield from _folder(path)
    elif glob.has_magic(path):
        matches = sorted(glob.glob(path, recursive=True))
        if not matches:
            yield InputFile(path, "matches no file")
        for match in matches:
            yield from _folder(match) if os.path.isdir(match) else iter([InputFile(match)])
    elif os.path.exists(path):
        yield InputFile(path, "is neither a regular file nor a folder")
    else:
        yield InputFile(path, "does not exist")


def _folder(folder: str) -> Iterator[InputFile]:
    """The candidates in a folder and below it, folder by folder in the order of their names."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield InputFile(folder, f"cannot be read: {error.strerror}; check its permissions")
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and entry.name not in SKIPPED_FOLDERS:
                yield from _folder(entry.path)
        elif entry.is_file():
            yield from _candidate(entry.path)


def _candidate(path: str) -> Iterator[InputFile]:
    try:
        if is_candidate(path):
            yield InputFile(path)
    except UnreadableError as error:
        yield InputFile(path, str(error))
    except OSError as error:
        yield InputFile(path, f"cannot be read: {error.strerror}; check its permissions")
