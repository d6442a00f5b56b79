"""An audit: the changed files of some sources are read by an engine, and what is read is put into a store."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lstmlint.ir.addresses import is_address
from lstmlint.running.engine import Engine, Failure
from lstmlint.running.failures import CRASHED
from lstmlint.running.parts import is_gone
from lstmlint.running.version import __version__
from lstmlint.settings.settings import Settings
from lstmlint.zoo.answers import Answer, Question, State
from lstmlint.zoo.asked import asked, digest
from lstmlint.zoo.places import Places
from lstmlint.zoo.sources import list_changed, vanished
from lstmlint.zoo.stamps import beside, stamp_of
from lstmlint.zoo.store import transaction
from lstmlint.zoo.writing import ForgottenError, spelled, write_answer, write_state

if TYPE_CHECKING:
    import sqlite3

#: Files of one transaction, and the seconds after which it is ended with fewer: what a kill may cost.
BATCH = 100
BATCH_SECONDS = 0.5

#: The most keys of contents of one size that a question names; what is known besides is read once more.
MOST_KNOWN = 64

#: The files of a run that are read at once for the loop over them.
PAGE = 500


class Task(NamedTuple):
    """What an audit does: its sources, how each file is judged, and by what.

    `work` answers a question about one file and raises nothing. `settings_of` gives the settings of a file by its path,
    `targets` are the names of the targets for verdicts. `timeout` is that of the engine, for the message. `shown` draws
    the progress of a number of files.
    """

    sources: tuple[str, ...]
    settings_of: Callable[[str], Settings]
    targets: tuple[str, ...]
    work: Callable[[Question], Answer]
    engine: Engine
    timeout: float
    shown: Callable[[Iterable[None], int], Iterable[None]]


class Outcome(NamedTuple):
    """The number of an audit in its store, sources that led to no file, and all settings of its files."""

    run: int
    problems: tuple[tuple[str, str], ...]
    settings: tuple[Settings, ...]


def bring_up_to_date(store: sqlite3.Connection, places: Places, task: Task, *, prunes: bool = False) -> Outcome:
    """Bring a store up to date with its sources.

    Every batch of files is there once it is written: an audit that is killed goes on where it was.

    Args:
        store: an opened store.
        places: the names of files in it.
        task: the work.
        prunes: whether files that are gone are forgotten, too.

    Raises:
        sqlite3.Error: the store cannot be written.
    """
    run = _begun(store, task)
    digests: dict[int, tuple[Settings, str]] = {}
    asked_of = _asker(task, digests)
    listing = list_changed(store, task.sources, places, asked_of)
    (waiting,) = store.execute("SELECT count(*) FROM temp.waiting").fetchone()
    for _ in task.shown(_read(store, run, task, asked_of), waiting):
        pass
    with transaction(store):
        for number in list(vanished(store, task.sources, places)):
            write_state(store, run, number, State.VANISHED)
        if prunes:
            forget_vanished(store)
        _finish(store, run)
    return Outcome(run, listing.problems, tuple(settings for settings, _ in digests.values()))


def forget_vanished(store: sqlite3.Connection) -> None:
    """Forget the files that are gone, and what only they had, inside a transaction."""
    store.execute("DELETE FROM files WHERE id IN (SELECT file_id FROM current WHERE status = 'vanished')")
    store.execute("DELETE FROM models WHERE id NOT IN (SELECT model_id FROM states WHERE model_id IS NOT NULL)")
    store.execute(
        "DELETE FROM obstacles WHERE id NOT IN (SELECT obstacle_id FROM verdicts WHERE obstacle_id IS NOT NULL)"
    )


def _begun(store: sqlite3.Connection, task: Task) -> int:
    """The number of this audit: a new one, or that of the same audit that was killed before its end."""
    machine, process = os.uname().nodename if hasattr(os, "uname") else "", os.getpid()
    wanted = digest([__version__, task.sources, task.targets])
    with transaction(store):
        for run, other in store.execute(
            "SELECT id, process FROM runs WHERE finished IS NULL AND asked = ? ORDER BY id DESC", (wanted,)
        ).fetchall():
            host, _, number = other.rpartition(" ")
            if host == machine and (int(number) == process or is_gone(int(number), time.time())):
                store.execute("UPDATE runs SET process = ? WHERE id = ?", (f"{machine} {process}", run))
                return int(run)
        cursor = store.execute(
            "INSERT INTO runs (started, lstmlint, sources_json, asked, process) VALUES (?, ?, ?, ?, ?)",
            (_now(), __version__, json.dumps(task.sources), wanted, f"{machine} {process}"),
        )
        return int(cursor.lastrowid or 0)


def _finish(store: sqlite3.Connection, run: int) -> None:
    """Write the end of an audit and its counts, which do not tell whether it was interrupted."""
    met = "path IN (SELECT place FROM temp.met)"
    store.execute(
        f"""
        UPDATE runs SET finished = ?,
            files = (SELECT count(*) FROM temp.met),
            read = (SELECT count(*) FROM files WHERE read_run = :run AND {met}),
            unchanged = (SELECT count(*) FROM files WHERE read_run <> :run AND {met}),
            vanished = (SELECT count(*) FROM states WHERE from_run = :run AND to_run IS NULL AND status = 'vanished'),
            failed = (SELECT count(*) FROM current WHERE status = 'error' AND {met}),
            skipped = (SELECT count(*) FROM current WHERE status = 'skipped' AND {met})
        WHERE id = :run
        """.replace("?", ":now"),
        {"now": _now(), "run": run},
    )


def _asker(task: Task, digests: dict[int, tuple[Settings, str]]) -> Callable[[str], str]:
    """The digest of what is asked of each file, computed once for each settings without budgets.

    All settings are in `digests` then.
    """

    def asked_of(path: str) -> str:
        settings = task.settings_of(path)
        if id(settings) not in digests:
            digests[id(settings)] = settings, asked(settings, path, task.targets)
        return asked(settings, path, task.targets) if settings.budgets else digests[id(settings)][1]

    return asked_of


def _read(store: sqlite3.Connection, run: int, task: Task, asked_of: Callable[[str], str]) -> Iterator[None]:
    """Read the waiting files and write what was read, a batch in a transaction; yields for each file."""
    places: dict[str, str] = {}
    batch: list[tuple[str, Question, Answer]] = []
    since = time.monotonic()
    for question, result in task.engine.map(task.work, _questions(store, task, asked_of, places)):
        answer = result if isinstance(result, Answer) else _without_result(question, result, task.timeout)
        batch.append((places.pop(question.path), question, answer))
        if len(batch) >= BATCH or time.monotonic() - since > BATCH_SECONDS:
            _write(store, run, batch, task)
            batch.clear()
            since = time.monotonic()
        yield
    _write(store, run, batch, task)


def _questions(
    store: sqlite3.Connection, task: Task, asked_of: Callable[[str], str], places: dict[str, str]
) -> Iterator[Question]:
    last = 0
    while page := store.execute(
        "SELECT id, path, place FROM temp.waiting WHERE id > ? ORDER BY id LIMIT ?", (last, PAGE)
    ).fetchall():
        last = page[-1][0]
        for _, encoded, place in page:
            path = os.fsdecode(encoded)
            places[path] = place
            size = None if is_address(path) else stamp_of(path).size
            known = store.execute("SELECT key FROM models WHERE size = ? LIMIT ?", (size, MOST_KNOWN)).fetchall()
            yield Question(
                path, task.settings_of(path), asked_of(path), task.targets, frozenset(key for (key,) in known)
            )


def _without_result(question: Question, failure: Failure | object, timeout: float) -> Answer:
    """The answer for a file that killed its process or took too long."""
    why = CRASHED if failure is Failure.DIED else f"takes longer than {timeout:g} seconds to read; see --timeout"
    return Answer(State.ERROR, why, stamp_of(question.path), beside(question.path))


def _write(store: sqlite3.Connection, run: int, batch: Sequence[tuple[str, Question, Answer]], task: Task) -> None:
    """Write a batch of answers, all or none."""
    try:
        with transaction(store):
            for place, question, answer in batch:
                write_answer(store, run, place, question.asked, answer)
    except UnicodeEncodeError:
        _write(store, run, [(place, question, spelled(answer)) for place, question, answer in batch], task)
    except ForgottenError:
        complete = [
            (place, question, answer if answer.record else task.work(question._replace(known=frozenset())))
            for place, question, answer in batch
        ]
        _write(store, run, complete, task)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
