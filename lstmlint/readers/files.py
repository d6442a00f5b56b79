"""From the paths of a command line to the files that are read, in an order that does not depend on the file system."""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from lstmlint.ir.addresses import file_part, is_address, without_secrets
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import STANDARD_INPUT, UnreadableError
from lstmlint.readers import is_candidate, is_own_name, model_suffixes

#: Folders whose files do not belong to the project itself.
SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})


#: The error of a glob without a match, which is no path that could be read.
NO_MATCH = "matches no file"

#: What helps against errors of the system that have nothing to do with permissions.
CURES = {
    errno.ELOOP: "remove the link",
    errno.ENAMETOOLONG: "move it to a folder with a shorter path",
}


class Kind(Enum):
    """The kinds of entries in a folder."""

    FOLDER, LINK, FILE = range(3)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, or the reason why a path leads to none.

    `found_in` are the folders and globs that lead to the file, where it is not named itself.
    """

    path: str
    error: str = ""
    found_in: tuple[str, ...] = ()


def targets(paths: Iterable[str]) -> list[InputFile]:
    """The files that paths name: files, folders (searched recursively for models), globs, `-`.

    A file that is named twice is read once. Hidden folders are not searched.
    """
    files: dict[str, InputFile] = {}
    for path in dict.fromkeys(paths):
        for target in listed(path):
            is_elsewhere = is_address(path) and target.path != path
            places = (path,) if is_elsewhere or is_searched(path) else ()
            known = files.get(target.path)
            is_named = not places or (known is not None and not known.found_in)
            found_in = () if is_named else (*(known.found_in if known else ()), *places)
            files[target.path] = replace(known or target, found_in=found_in)
    return list(files.values())


def is_searched(path: str) -> bool:
    """Whether a path of this machine is searched for models: a folder or a glob, and no file itself."""
    if path == STANDARD_INPUT or os.path.isfile(path) or is_address(path):
        return False
    return os.path.isdir(path) or (glob.has_magic(path) and not os.path.lexists(path))


def listed(path: str, is_wanted: Callable[[str], bool] = is_candidate) -> Iterator[InputFile]:
    """The files that one path names, where a link leads to the same file twice as well.

    Args:
        path: a file, a folder, a glob, an address of these, or `-`.
        is_wanted: whether a file in a folder is worth reading. At an address the name decides, as it costs no request.
    """
    if path == STANDARD_INPUT or os.path.isfile(path):
        yield InputFile(path)
    elif is_address(path):
        yield from _elsewhere(path)
    elif os.path.isdir(path):
        yield from _folder(path, is_wanted)
    elif is_searched(path):
        yield from _matching(path, is_wanted)
    elif os.path.exists(path):
        yield InputFile(path, "is neither a regular file nor a folder")
    elif os.path.lexists(path):
        yield InputFile(path, "is a symbolic link that leads nowhere; name the file itself")
    else:
        yield InputFile(path, "does not exist")


def _elsewhere(address: str) -> Iterator[InputFile]:
    """The files at an address."""
    from lstmlint.remote.listing import files_at

    try:
        yield from map(InputFile, files_at(address, _is_named_like_model, SKIPPED_FOLDERS))
    except UnreadableError as error:
        yield InputFile(without_secrets(address), str(error))


def _is_named_like_model(address: str) -> bool:
    name = os.path.basename(file_part(address))
    return is_own_name(name) or os.path.splitext(name)[1].lower() in model_suffixes()


def _matching(pattern: str, is_wanted: Callable[[str], bool]) -> Iterator[InputFile]:
    """The files that a glob matches, and the candidates in the folders that it matches."""
    try:
        matches = sorted(glob.glob(pattern, recursive=True))
    except RecursionError:
        yield InputFile(pattern, "matches folders nested too deeply; name the folder itself")
        return
    if not matches:
        yield InputFile(pattern, NO_MATCH)
    for match in matches:
        yield from _folder(match, is_wanted) if os.path.isdir(match) else iter([InputFile(match)])


def _folder(folder: str, is_wanted: Callable[[str], bool]) -> Iterator[InputFile]:
    """The candidates in a folder and below it, folder by folder in the order of their names, however deep they lie."""
    waiting = [(folder, Kind.FOLDER)]
    while waiting:
        path, kind = waiting.pop()
        try:
            if kind is Kind.FOLDER:
                waiting += reversed(list(_entries(path)))
            elif (kind is Kind.FILE or _leads_to_file(path)) and is_wanted(path):
                yield InputFile(path)
        except UnreadableError as error:
            yield InputFile(path, str(error))
        except OSError as error:
            yield InputFile(path, f"cannot be read: {error.strerror}; {_cure(error)}")


def _entries(folder: str) -> Iterator[tuple[str, Kind]]:
    """The files, the links and the folders to search in a folder, in the order of their names."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and entry.name not in SKIPPED_FOLDERS:
                yield entry.path, Kind.FOLDER
        elif entry.is_symlink():
            yield entry.path, Kind.LINK
        elif entry.is_file():
            yield entry.path, Kind.FILE


def _leads_to_file(link: str) -> bool:
    """Whether a link leads to a regular file; no folder behind a link is searched.

    Raises:
        OSError: the link leads back to itself.
    """
    try:
        return stat.S_ISREG(os.stat(link).st_mode)
    except FileNotFoundError:
        return False


def _cure(error: OSError) -> str:
    """The cure for an error of the system."""
    return CURES.get(error.errno or 0, "check its permissions")
