"""The tables of a store as files of other formats, a page of rows at a time."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

#: Rows that are in memory at once.
PAGE = 10_000

#: What to do where the library of a format is missing.
MISSING = "--parquet needs pyarrow; pip install 'lstmlint[parquet]'"


class ExportError(Exception):
    """A store cannot be exported; the message says why."""


def export(store: sqlite3.Connection, folder: str, format_name: str) -> list[str]:
    """Write each table of a store into a file of a folder, which is made, and replaces what was exported before.

    Args:
        store: the store.
        folder: the folder.
        format_name: a name in `FORMATS`.

    Returns:
        The paths of the files.

    Raises:
        ExportError: the library of the format is not installed, or a file cannot be written.
    """
    tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    paths = []
    try:
        os.makedirs(folder, exist_ok=True)
        for table in tables:
            path = os.path.join(folder, f"{table}.{format_name}")
            FORMATS[format_name](store, table, path)
            paths.append(path)
    except OSError as error:
        raise ExportError(f"{error.filename or folder}: cannot be written: {error.strerror or error}") from None
    return paths


def _write_csv(store: sqlite3.Connection, table: str, path: str) -> None:
    """UTF-8 with a header; NULL is empty."""
    rows = store.execute(f"SELECT * FROM {table}")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column for column, *_ in rows.description])
        writer.writerows(rows)


def _write_parquet(store: sqlite3.Connection, table: str, path: str) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ExportError(MISSING) from None
    kinds = {"INTEGER": pyarrow.int64(), "TEXT": pyarrow.string()}
    columns = [(name, kinds[kind]) for _, name, kind, *_ in store.execute(f"PRAGMA table_info({table})")]
    schema = pyarrow.schema(columns)
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for rows in _pages(store.execute(f"SELECT * FROM {table}")):
            values = zip(*rows, strict=True)
            arrays = [pyarrow.array(column, kind) for column, kind in zip(values, schema.types, strict=True)]
            writer.write_table(pyarrow.table(arrays, schema=schema))


def _pages(rows: sqlite3.Cursor) -> Iterator[list[Any]]:
    while page := rows.fetchmany(PAGE):
        yield page


#: How a table is written, by the name of the format and of its files.
FORMATS: Mapping[str, Callable[[Any, str, str], None]] = {"csv": _write_csv, "parquet": _write_parquet}
