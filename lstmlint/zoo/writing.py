"""What an audit writes into a store: files, their states from audit to audit, and what was read of each content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lstmlint.running.version import __version__
from lstmlint.zoo.answers import Answer, State
from lstmlint.zoo.asked import suffix_of
from lstmlint.zoo.rows import ObstacleRow, Record, VerdictRow, tables
from lstmlint.zoo.stamps import beside_text

if TYPE_CHECKING:
    import sqlite3


class ForgottenError(Exception):
    """A content that was known is in the store no more, for another program forgot it in the meantime."""


def write_answer(store: sqlite3.Connection, run: int, place: str, asked: str, answer: Answer) -> None:
    """Write what was read of a file, inside a transaction.

    Args:
        store: the store.
        run: the audit.
        place: the path of the file as the store names it.
        asked: the digest of what was asked of it.
        answer: what was read.

    Raises:
        ForgottenError: the content is not known after all; ask again without it.
        UnicodeEncodeError: a text has no UTF-8 (`spelled` gives it one).
    """
    model = _model(store, answer)
    folder, slash, name = place.rpartition("/")
    row = {
        "path": place, "folder": folder or slash, "name": name, "suffix": suffix_of(name),
        "size": answer.stamp.size, "mtime_ns": answer.stamp.mtime_ns, "inode": answer.stamp.inode,
        "beside_json": beside_text(answer.beside),
        "sha256": answer.sha256, "asked": asked, "read_run": run,
    }  # fmt: skip
    (file,) = store.execute(
        f"INSERT INTO files ({', '.join(row)}) VALUES ({', '.join(':' + one for one in row)}) "
        f"ON CONFLICT (path) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in row)} RETURNING id",
        row,
    ).fetchone()
    write_state(store, run, file, answer.state, answer.error, model)


def write_state(
    store: sqlite3.Connection, run: int, file: int, state: State, error: str = "", model: int | None = None
) -> None:
    """Write the state of a file, if it is another one than before, inside a transaction."""
    before = store.execute(
        "SELECT from_run, status, error, model_id FROM states WHERE file_id = ? AND to_run IS NULL", (file,)
    ).fetchone()
    if before is not None:
        since, *rest = before
        if rest == [str(state), error, model]:
            return
        if since >= run:  # the same audit saw it twice, or a later one was faster
            store.execute(
                "UPDATE states SET status = ?, error = ?, model_id = ? WHERE file_id = ? AND from_run = ?",
                (str(state), error, model, file, since),
            )
            return
        store.execute("UPDATE states SET to_run = ? WHERE file_id = ? AND to_run IS NULL", (run, file))
    store.execute(
        "INSERT INTO states (file_id, from_run, status, error, model_id) VALUES (?, ?, ?, ?, ?)",
        (file, run, str(state), error, model),
    )


def _model(store: sqlite3.Connection, answer: Answer) -> int | None:
    """The number of what was read of a content, which is written where it is not there yet."""
    if answer.key is None:
        return None
    known = store.execute("SELECT id FROM models WHERE key = ?", (answer.key,)).fetchone()
    if known is not None:
        return int(known[0])
    if answer.record is None:
        raise ForgottenError
    own = {
        "key": answer.key, "sha256": answer.sha256 or "", "size": answer.stamp.size,
        "weights_sha256": answer.weights_sha256, "lstmlint": __version__,
    }  # fmt: skip
    model = _insert(store, "models", {**own, **answer.record.model._asdict()})
    _write_rows(store, model, answer.record)
    return model


def _write_rows(store: sqlite3.Connection, model: int, record: Record) -> None:
    for table, rows in tables(record):
        if rows:
            marks = ", ".join("?" * (len(rows[0]) + 1))
            columns = ", ".join(("model_id", *rows[0]._fields))
            store.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [(model, *row) for row in rows])
    obstacles = {one.obstacle: _obstacle(store, one.obstacle) for one in record.verdicts if one.obstacle}
    store.executemany(
        "INSERT INTO verdicts (model_id, target, outcome, obstacle_id, obstacles, is_mended) VALUES (?, ?, ?, ?, ?, ?)",
        [_verdict(model, one, obstacles) for one in record.verdicts],
    )


def _verdict(model: int, one: VerdictRow, obstacles: dict[ObstacleRow, int]) -> Sequence[Any]:
    obstacle = obstacles[one.obstacle] if one.obstacle else None
    return model, one.target, one.outcome, obstacle, one.obstacles, one.is_mended


def _obstacle(store: sqlite3.Connection, obstacle: ObstacleRow) -> int:
    conditions = " AND ".join(f"{name} = ?" for name in obstacle._fields)
    known = store.execute(f"SELECT id FROM obstacles WHERE {conditions}", obstacle).fetchone()
    return int(known[0]) if known else _insert(store, "obstacles", obstacle._asdict())


def _insert(store: sqlite3.Connection, table: str, row: dict[str, Any]) -> int:
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    cursor = store.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))
    return int(cursor.lastrowid or 0)


def spelled(value: Any) -> Any:
    """An answer or a part of one in which lone surrogates, which UTF-8 does not have, are written as escapes."""
    if isinstance(value, str) and not isinstance(value, State):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, tuple):
        parts = map(spelled, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value
