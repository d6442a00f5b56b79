"""Repairs of many files: an engine repairs those that changed since the last run, and a store keeps the results."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lstmlint.readers.files import InputFile, targets
from lstmlint.running.engine import Engine, Failure
from lstmlint.running.failures import CRASHED
from lstmlint.running.version import __version__
from lstmlint.settings.settings import Settings
from lstmlint.zoo.asked import asked, digest
from lstmlint.zoo.mended import FAILED, Mended, Mending, Patient, Wish
from lstmlint.zoo.places import Places
from lstmlint.zoo.stamps import beside, beside_text, stamp_of
from lstmlint.zoo.store import transaction
from lstmlint.zoo.writing import spelled

if TYPE_CHECKING:
    import sqlite3

#: The name of the store in the folder of the new files.
STORE = "repairs.db"

#: Files of one transaction, and the seconds after which it is ended with fewer: what a kill may cost.
BATCH = 100
BATCH_SECONDS = 0.5

#: Endings that the name of a new file may get.
ENDINGS = ("", ".keras", ".h5", ".json")

COLUMNS = (
    "path", "asked", "size", "mtime_ns", "inode", "beside_json", "outcome", "error", "changes", "output",
    "output_size", "output_mtime_ns", "output_inode", "is_free",
)  # fmt: skip


class Work(NamedTuple):
    """A run: the files, their folder, what is wanted, and by what it is done.

    `work` repairs one file and raises nothing. `timeout` is that of the engine, for the message. `shown` draws the
    progress of a number of files.
    """

    files: tuple[str, ...]
    root: str
    wish: Wish
    settings_of: Callable[[str], Settings]
    work: Callable[[Patient], Mended]
    engine: Engine
    timeout: float
    shown: Callable[[Iterable[None], int], Iterable[None]]


class LeftCount(NamedTuple):
    """How many files leave something to the user, by the repair or rule that speaks of it, with the first of them."""

    repair: str
    files: int
    path: str
    layer: str
    message: str


class Ward(NamedTuple):
    """What became of the files of a run: counts by outcome, what is left, and the files that failed with the reason.

    `unchanged` files were repaired by an earlier run.
    """

    files: int
    unchanged: int
    outcomes: tuple[tuple[Mending, int], ...]
    left: tuple[LeftCount, ...]
    failed: tuple[tuple[str, str], ...]


def chosen(sources: Sequence[str], folder: str) -> tuple[tuple[InputFile, ...], str]:
    """The files that sources name, without those in the folder of the new ones, and the folder that holds them all."""
    own = os.path.join(os.path.realpath(folder), "")
    found = tuple(one for one in targets(list(sources)) if not os.path.realpath(one.path).startswith(own))
    if len(sources) == 1 and os.path.isdir(sources[0]):
        return found, sources[0]
    folders = [os.path.dirname(os.path.abspath(one.path)) for one in found]
    return found, os.path.commonpath(folders) if folders else os.curdir


def mend(store: sqlite3.Connection, places: Places, run: Work) -> Ward:
    """Repair the files of a run that changed since the last one.

    Every batch of files is in the store once it is repaired: a run that is killed goes on where it was.

    Args:
        store: a store of repairs, in the folder of the new files.
        places: the names of files in it.
        run: the work.

    Raises:
        sqlite3.Error: the store cannot be written.
    """
    asks = _asker(run)
    names = {path: places.place(path) for path in run.files}
    waiting = [path for path in run.files if not _is_done(store, places, names[path], path, asks(path))]
    with transaction(store):
        for path in waiting:
            _begin(store, places, names[path], _output(run, places, path), asks(path))
    for _ in run.shown(_mended(store, places, run, waiting, names), len(waiting)):
        pass
    return _ward(store, names, len(run.files) - len(waiting))


def _asker(run: Work) -> Callable[[str], str]:
    digests: dict[int, tuple[Settings, str]] = {}

    def asked_of(path: str) -> str:
        settings = run.settings_of(path)
        if id(settings) not in digests:
            digests[id(settings)] = settings, digest([__version__, *run.wish, asked(settings, path, ())])
        return digests[id(settings)][1]

    return asked_of


def _is_done(store: sqlite3.Connection, places: Places, place: str, path: str, asked_of: str) -> bool:
    """Whether a file, what belongs to it, the question and the new file are as they were at the end of a run."""
    row = store.execute(
        "SELECT asked, size, mtime_ns, inode, beside_json, output, output_size, output_mtime_ns, output_inode "
        "FROM repairs WHERE path = ? AND outcome IS NOT NULL AND outcome <> ?",
        (place, str(Mending.UNWRITABLE)),
    ).fetchone()
    if row is None:
        return False
    was_asked, size, mtime_ns, inode, others, output, *stamp = row
    is_same = mtime_ns is not None and stamp_of(path) == (size, mtime_ns, inode) and was_asked == asked_of
    is_there = not output or stamp_of(places.path(output)) == tuple(stamp)
    return is_same and is_there and bool(others == beside_text(beside(path)))


def _output(run: Work, places: Places, path: str) -> str:
    return os.path.join(places.folder, os.path.relpath(path, run.root))


def _begin(store: sqlite3.Connection, places: Places, place: str, output: str, asked_of: str) -> None:
    """Write that a run begins with a file, and whether a new file at its place would replace one of somebody else."""
    row = store.execute(
        "SELECT outcome, output, output_size, output_mtime_ns, output_inode, is_free FROM repairs WHERE path = ?",
        (place,),
    ).fetchone()
    if row is not None and row[0] is None:
        is_free = row[5]
    elif row is not None and row[1] and stamp_of(places.path(row[1])) == tuple(row[2:5]):
        is_free = True
    else:
        is_free = not any(os.path.lexists(f"{output}{ending}") for ending in ENDINGS)
    _put(store, (place, asked_of, None, None, None, "[]", None, "", 0, "", None, None, None, is_free), ())


def _mended(
    store: sqlite3.Connection, places: Places, run: Work, waiting: Sequence[str], names: dict[str, str]
) -> Iterator[None]:
    asks = _asker(run)
    batch: list[tuple[Patient, Mended]] = []
    since = time.monotonic()
    for patient, result in run.engine.map(run.work, _patients(store, places, run, waiting, names)):
        batch.append((patient, result if isinstance(result, Mended) else _lost(result, run.timeout)))
        if len(batch) >= BATCH or time.monotonic() - since > BATCH_SECONDS:
            _write(store, places, batch, names, asks)
            batch.clear()
            since = time.monotonic()
        yield
    _write(store, places, batch, names, asks)


def _patients(
    store: sqlite3.Connection, places: Places, run: Work, waiting: Sequence[str], names: dict[str, str]
) -> Iterator[Patient]:
    for path in waiting:
        (is_free,) = store.execute("SELECT is_free FROM repairs WHERE path = ?", (names[path],)).fetchone()
        yield Patient(path, _output(run, places, path), run.settings_of(path), run.wish, bool(is_free))


def _lost(failure: Failure | object, timeout: float) -> Mended:
    why = CRASHED if failure is Failure.DIED else f"takes longer than {timeout:g} seconds to repair; repair it alone"
    return Mended(Mending.UNREADABLE, why)


def _write(
    store: sqlite3.Connection,
    places: Places,
    batch: Sequence[tuple[Patient, Mended]],
    names: dict[str, str],
    asks: Callable[[str], str],
) -> None:
    with transaction(store):
        for patient, one in batch:
            output = stamp_of(one.output) if one.output else (None, None, None)
            row = (
                names[patient.path], asks(patient.path), *one.stamp, beside_text(one.beside), str(one.outcome),
                one.error, one.changes, places.place(one.output) if one.output else "", *output,
                patient.replaces,
            )  # fmt: skip
            _put(store, row, one.left)


def _put(store: sqlite3.Connection, row: tuple[Any, ...], left: tuple[tuple[str, str, str], ...]) -> None:
    row, left = spelled(row), spelled(left)
    store.execute("DELETE FROM left_for_you WHERE path = ?", row[:1])
    marks = ", ".join("?" * len(COLUMNS))
    store.execute(f"INSERT OR REPLACE INTO repairs ({', '.join(COLUMNS)}) VALUES ({marks})", row)
    store.executemany(
        "INSERT INTO left_for_you VALUES (?, ?, ?, ?, ?)", [(row[0], at, *one) for at, one in enumerate(left)]
    )


LEFT = """
SELECT repair, count(DISTINCT path), min(path), layer, message FROM left_for_you JOIN temp.chosen ON place = path
GROUP BY repair ORDER BY 2 DESC, repair
"""


def _ward(store: sqlite3.Connection, names: dict[str, str], unchanged: int) -> Ward:
    """What became of the files of a run, and of those that an earlier one repaired."""
    paths = {place: path for path, place in names.items()}
    store.execute("CREATE TEMP TABLE chosen (place TEXT PRIMARY KEY) WITHOUT ROWID")
    store.executemany("INSERT OR IGNORE INTO temp.chosen VALUES (?)", [(place,) for place in paths])
    today = "FROM repairs JOIN temp.chosen ON place = path"
    counts = dict(store.execute(f"SELECT outcome, count(*) {today} GROUP BY outcome"))
    failed = store.execute(
        f"SELECT path, error {today} WHERE outcome IN ({', '.join('?' * len(FAILED))}) ORDER BY path", sorted(FAILED)
    )
    return Ward(
        len(names),
        unchanged,
        tuple((one, counts[str(one)]) for one in Mending if str(one) in counts),
        tuple(
            LeftCount(repair, files, paths[place], layer, message)
            for repair, files, place, layer, message in store.execute(LEFT)
        ),
        tuple((paths[place], error) for place, error in failed),
    )
