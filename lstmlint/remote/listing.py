"""The files at an address: itself, or those below a folder of an object store, hub, archive or server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lstmlint.ir.addresses import CHAIN, file_part
from lstmlint.remote.transport import ElsewhereError
from lstmlint.remote.transports import loaded
from lstmlint.remote.versions import forget, note

#: What makes an address a glob; `?` begins the parameters of many an address.
MAGIC = ("*", "[")


def files_at(address: str, is_wanted: Callable[[str], bool], skipped: frozenset[str]) -> Iterator[str]:
    """The addresses of files, folder by folder in the order of their names.

    Args:
        address: a file, a folder, or a glob.
        is_wanted: whether a file below a folder is worth reading, by its address.
        skipped: names of folders that are not searched; hidden ones are not searched either.

    Raises:
        ElsewhereError: the address cannot be listed.
    """
    part = file_part(address)
    is_glob = any(mark in part for mark in MAGIC)
    if not is_glob and (is_wanted(address) or (part.startswith(("http://", "https://")) and not part.endswith("/"))):
        yield address
        return
    from lstmlint.remote.file_system import trying

    with loaded(address):
        files, path = trying(lambda: _file_system(address))
    addressed = _addressing(address, path)
    if is_glob:
        found = trying(lambda: files.glob(path, detail=True))
        for name in sorted(found):
            if is_wanted(addressed(name)):
                yield _noted(addressed(name), found[name])
        return
    is_file = True
    waiting = [path]
    while waiting:
        folder = waiting.pop()
        entries = trying(partial(_entries, files, folder))
        folders = []
        for info in entries:
            name, is_folder = str(info["name"]), info["type"] == "directory"
            is_file = is_file and name == path
            own = os.path.basename(name.rstrip("/"))
            if is_folder and not own.startswith(".") and own not in skipped and name.rstrip("/") != folder.rstrip("/"):
                folders.append(name)
            elif not is_folder and name != path and is_wanted(addressed(name)):
                yield _noted(addressed(name), info)
        waiting += reversed(folders)
    if is_file:
        yield address


def _file_system(address: str) -> tuple[Any, str]:
    import fsspec

    # What is listed is asked for once; a cache would grow with the zoo.
    options = {} if CHAIN in address else {"use_listings_cache": False}
    files, path = fsspec.core.url_to_fs(address, **options)
    return files, path


def _entries(files: Any, folder: str) -> list[dict[str, Any]]:
    """What is told of each member of a folder, in the order of their names; none where there is no such folder."""
    try:
        return sorted(files.ls(folder, detail=True), key=lambda info: str(info["name"]))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _noted(address: str, info: dict[str, Any]) -> str:
    """The address of a file, whose version is remembered where a listing tells it."""
    from lstmlint.remote.file_system import tag_of

    if tag_of(info):
        note(address, int(info.get("size") or 0), tag_of(info))
    else:
        forget(address)
    return address


def _addressing(address: str, path: str) -> Callable[[str], str]:
    """From the names of a file system to addresses like that one, which leads to `path`."""
    part, chain, rest = address.partition(CHAIN)
    part = part.rstrip("/") if path else part
    if not part.endswith(path.rstrip("/")):
        raise ElsewhereError("cannot be listed; name its files")
    before = part[: len(part) - len(path.rstrip("/"))]
    is_rooted = path.startswith("/")
    return lambda name: before + (name if is_rooted else name.lstrip("/")) + chain + rest
