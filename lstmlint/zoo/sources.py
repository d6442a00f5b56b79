"""The files of an audit: those that its sources name, and which of them are as they were when they were read last."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any, NamedTuple

from lstmlint.ir.addresses import SECRET_IN_ADDRESS, has_secrets, without_secrets
from lstmlint.readers import is_candidate
from lstmlint.readers.files import listed
from lstmlint.zoo.answers import State
from lstmlint.zoo.places import Places
from lstmlint.zoo.stamps import NOTHING_BESIDE, beside, beside_text, is_gone, stamp_of

if TYPE_CHECKING:
    import sqlite3

#: Before the name of a file that lists sources, one a line.
LIST = "@"


class SourceError(Exception):
    """A source cannot be used; the message names it."""


class Listing(NamedTuple):
    """The numbers of files and of unchanged ones among them, and sources that lead to none, with the reason."""

    files: int
    unchanged: int
    problems: tuple[tuple[str, str], ...]


def sources_of(named: Iterable[str]) -> Iterator[str]:
    """The sources, where `@FILE` stands for the lines of a file.

    Raises:
        SourceError: a list cannot be read, standard input is named, or an address holds a secret.
    """
    for source in named:
        if source == "-":
            raise SourceError("-: standard input has no name by which it could be known again; name files or folders")
        for one in lines_of(source.removeprefix(LIST)) if source.startswith(LIST) else (source,):
            if has_secrets(one):
                raise SourceError(f"{without_secrets(one)}: {SECRET_IN_ADDRESS}")
            yield one


def lines_of(path: str) -> Iterator[str]:
    """The sources that a file lists, one a line; empty lines are none.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            yield from filter(None, (line.rstrip("\r\n") for line in file))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}; name a file with one source a line") from None


def list_changed(
    store: sqlite3.Connection, sources: Iterable[str], places: Places, asked_of: Callable[[str], str]
) -> Listing:
    """Put the files that must be read into the temporary table `waiting`; all that the sources name are in `met`.

    Args:
        store: the store.
        sources: files, folders, globs, addresses.
        places: the names of files in the store.
        asked_of: gives the digest of what is asked of a file by its path.
    """
    store.executescript(
        "CREATE TEMP TABLE waiting (id INTEGER PRIMARY KEY, path BLOB NOT NULL, place TEXT NOT NULL);"
        "CREATE TEMP TABLE met (place TEXT PRIMARY KEY) WITHOUT ROWID;"
    )
    known = _Known(store, places)
    files = unchanged = 0
    problems = []
    for source in sources:
        for target in listed(source, lambda path: known.row(path) is not None or is_candidate(path)):
            if target.error:
                problems.append((target.path, target.error))
                continue
            place = places.place(target.path)
            if not store.execute("INSERT OR IGNORE INTO temp.met VALUES (?)", (place,)).rowcount:
                continue
            files += 1
            if _is_unchanged(target.path, known.row(target.path), asked_of):
                unchanged += 1
            else:
                store.execute("INSERT INTO temp.waiting (path, place) VALUES (?, ?)", (os.fsencode(target.path), place))
    return Listing(files, unchanged, tuple(problems))


def vanished(store: sqlite3.Connection, sources: Iterable[str], places: Places) -> Iterator[int]:
    """The numbers of known files that the sources would name, and that are not there any more."""
    for source in sources:
        for number, place in _known_in(store, source, places):
            if is_gone(places.path(place)):
                yield number


def _known_in(store: sqlite3.Connection, source: str, places: Places) -> list[tuple[int, str]]:
    """The known files of a source that were there and were not met."""
    select = (
        "SELECT id, path FROM files JOIN states ON file_id = id AND to_run IS NULL "
        "WHERE status <> 'vanished' AND path NOT IN (SELECT place FROM temp.met) AND "
    )
    if glob.has_magic(source) and not os.path.exists(source):
        pattern = places.place(source)
        return [row for row in store.execute(f"{select} 1") if fnmatch(row[1], pattern)]
    folder = places.folder_place(source)
    if not folder:
        return store.execute(f"{select} substr(path, 1, 1) <> '/' AND instr(path, '://') = 0").fetchall()
    inside = "path = ? OR folder = ? OR (folder > ? AND folder < ?)"
    return store.execute(f"{select} ({inside})", (folder, folder, f"{folder}/", f"{folder}0")).fetchall()


class _Known:
    """What the store knows of files, the last one at hand."""

    def __init__(self, store: sqlite3.Connection, places: Places) -> None:
        self._store, self._places = store, places
        self._path: str | None = None
        self._row: Any = None

    def row(self, path: str) -> Any:
        """Size, time, inode, files beside it, what was asked, and the status; `None` of a file that is not known."""
        if path != self._path:
            self._path = path
            self._row = self._store.execute(
                "SELECT size, mtime_ns, inode, beside_json, asked, status FROM files "
                "JOIN states ON file_id = id AND to_run IS NULL WHERE path = ?",
                (self._places.place(path),),
            ).fetchone()
        return self._row


def _is_unchanged(path: str, row: Any, asked_of: Callable[[str], str]) -> bool:
    """Whether a file and those beside it are as they were, and the same is asked of it."""
    if row is None:
        return False
    size, mtime_ns, inode, beside_json, asked, status = row
    if status == State.VANISHED or mtime_ns is None or stamp_of(path) != (size, mtime_ns, inode):
        return False
    if asked != asked_of(path):
        return False
    named = [name for name, *_ in json.loads(beside_json)] if beside_json != NOTHING_BESIDE else ()
    return bool(beside_json == beside_text(beside(path, named)))
