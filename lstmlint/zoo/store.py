"""Stores: SQLite databases that several programs may read while one writes, opened, made and brought up to date."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class Schema(NamedTuple):
    """A kind of store.

    `application` tells it from other databases. `steps` are the scripts that make each version of the schema out of the
    one before, the first out of nothing. `made_by` is the command that makes it, with `{path}` for the store.
    """

    application: int
    steps: tuple[str, ...]
    made_by: str

    @property
    def version(self) -> int:
        """The newest version."""
        return len(self.steps)


#: The store of audits ("lstm" in ASCII), and that of repairs ("lfix").
AUDITS = Schema(0x6C73746D, ("schema_1.sql", "schema_2.sql"), "lstmlint audit --store {path} FOLDER")
REPAIRS = Schema(0x6C666978, ("repairs_1.sql",), "lstmlint fix FOLDER --output-dir DIR")

#: A store that is gone with the program.
IN_MEMORY = ":memory:"

#: Seconds to wait while another program writes.
PATIENCE = 60.0

#: Pages of the cache, in KiB; memory does not grow with the store.
CACHE_KIB = 16 * 1024


class StoreError(Exception):
    """A store cannot be used; the message names the file, what is wrong, and what to do."""


@contextmanager
def opened(path: str, *, writes: bool = True, kind: Schema = AUDITS) -> Iterator[sqlite3.Connection]:
    """A store, made where there is none, in the current version of the schema.

    Args:
        path: its file, or `IN_MEMORY`.
        writes: whether it may be changed; otherwise it must be there.
        kind: what it holds.

    Raises:
        StoreError: it is no store, is of a newer lstmlint, is locked, damaged or full, or may not be written. Errors of
            SQLite in the body of the `with` become one, too.
    """
    import sqlite3

    if not writes and not os.path.isfile(path):
        raise StoreError(f"{path}: there is no such store; '{kind.made_by.format(path=path)}' makes one")
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    except sqlite3.Error as error:
        raise StoreError(_sentence(path, error)) from None
    try:
        _prepare(connection, path, writes, kind)
        yield connection
    except sqlite3.Error as error:
        raise StoreError(_sentence(path, error)) from error
    finally:
        connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All changes in the body, or none of them."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def schema() -> str:
    """The schema of the store of audits as SQL, with its comments."""
    return "".join(map(_script, AUDITS.steps))


def _prepare(connection: sqlite3.Connection, path: str, writes: bool, kind: Schema) -> None:
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    version = _version(connection, path, kind)
    if version > kind.version:
        raise StoreError(
            f"{path}: was written by a newer lstmlint (schema {version}, known is {kind.version}); update lstmlint"
        )
    if version < kind.version:
        if not writes and version:
            raise StoreError(f"{path}: has the older schema {version}; the next audit brings it up to date")
        _bring_up_to_date(connection, path, kind)
    if writes:
        # A reader never waits for the writer, and a commit that is interrupted leaves nothing half done.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")


def _version(connection: sqlite3.Connection, path: str, kind: Schema) -> int:
    """The version of the schema; 0 of an empty database.

    Raises:
        StoreError: it is a database of another program.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != kind.application and (tables or version or application):
        raise StoreError(f"{path}: is a database of another program; name another file")
    return int(version)


def _bring_up_to_date(connection: sqlite3.Connection, path: str, kind: Schema) -> None:
    """Run the steps that a store lacks, all or none; another program may have run them in the meantime."""
    with transaction(connection):
        version = _version(connection, path, kind)
        for step in kind.steps[version:]:
            for statement in _statements(_script(step)):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {kind.application}")
        connection.execute(f"PRAGMA user_version = {max(version, kind.version)}")


def _script(name: str) -> str:
    return (pkgutil.get_data(__package__, name) or b"").decode("utf-8")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would end the transaction."""
    import sqlite3

    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""


#: Words in messages of SQLite, and what to do.
CURES = (
    ("full", "make room and audit again; nothing that was stored is lost"),
    ("locked", "another program writes it; audit again when it is done"),
    ("busy", "another program writes it; audit again when it is done"),
    ("not a database", "name another file"),
    ("malformed", "move it away and audit again"),
    ("readonly", "check its permissions"),
    ("unable to open", "check that its folder is there and may be written"),
)


def _sentence(path: str, error: sqlite3.Error) -> str:
    text = str(error)
    cure = next((cure for words, cure in CURES if words in text), "check the disk and its permissions")
    return f"{path}: cannot be used as a store: {text}; {cure}"
