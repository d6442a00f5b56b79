"""The store of an audit by a Dask cluster, row for row beside that of an audit by processes, whatever happens to it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.api import audited
from lstmlint.commands.work.examine import examine
from lstmlint.pipeline import DEFAULTS
from lstmlint.running.failures import CRASHED
from lstmlint.zoo.answers import Answer, Question
from tests.support.clusters import Cluster
from tests.support.truth import ROOT
from tests.support.zoos import MEMBERS, fill

#: What stands in place of numbers that tell only in which order files were read.
NAMED = {
    "file_id": "(SELECT path FROM files WHERE files.id = file_id)",
    "model_id": "(SELECT key FROM models WHERE models.id = model_id)",
}
#: What no two audits have in common.
OWN = {"runs": {"started", "finished", "process"}}


def kept(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a store, in an order of its own."""
    with closing(sqlite3.connect(store)) as connection:
        obstacles = [name for _, name, *_ in connection.execute("PRAGMA table_info(obstacles)") if name != "id"]
        named = {**NAMED, "obstacle_id": f"(SELECT {' || '.join(obstacles)} FROM obstacles WHERE id = obstacle_id)"}
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for table in tables:
            columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
            left_out = {"id", *OWN.get(table, ())}
            wanted = ", ".join(named.get(name, name) for name in columns if name not in left_out)
            rows[table] = sorted(connection.execute(f"SELECT {wanted} FROM {table}"), key=repr)
    return rows


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    return fill(tmp_path / "zoo")


def of_one_process(zoo: Path) -> dict[str, list[tuple[Any, ...]]]:
    lstmlint.audit([zoo], zoo.parent / "one.db", jobs=1)
    return kept(zoo.parent / "one.db")


def test_a_cluster_keeps_what_one_process_keeps(zoo: Path) -> None:
    expected = of_one_process(zoo)
    assert len(expected["files"]) == len(MEMBERS)
    assert expected["findings"]
    assert expected["verdicts"]
    lstmlint.audit([zoo], zoo.parent / "local.db", jobs=2, engine="dask")
    assert kept(zoo.parent / "local.db") == expected
    with Cluster(workers=2) as cluster:
        lstmlint.audit([zoo], zoo.parent / "cluster.db", engine="dask", scheduler=cluster.address)
        assert kept(zoo.parent / "cluster.db") == expected
        command = [
            sys.executable, "-m", "lstmlint", "audit", str(zoo), "--store", str(zoo.parent / "command.db"),
            "--isolated", "--engine", "dask", "--scheduler", cluster.address,
        ]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "")  # for the broken files, which the text names
    assert kept(zoo.parent / "command.db") == expected


def slowly(question: Question) -> Answer:
    """Leave the time for a kill."""
    time.sleep(0.3)
    return examine(question)


def after_the_first(kill: Callable[[], None]) -> Callable[[Iterable[None], int], Iterator[None]]:
    """A progress that does something once a file was read."""

    def progress(files: Iterable[None], total: int) -> Iterator[None]:
        for number, _ in enumerate(files):
            if not number:
                kill()
            yield

    return progress


def test_a_worker_that_is_killed_changes_nothing(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = of_one_process(zoo)
    monkeypatch.setattr("lstmlint.api._examined", slowly)
    with Cluster(workers=2) as cluster:
        audited(
            [str(zoo)], str(zoo.parent / "zoo.db"), lambda path: DEFAULTS, engine="dask", scheduler=cluster.address,
            progress=after_the_first(lambda: cluster.workers[1].send_signal(signal.SIGKILL)),
        )  # fmt: skip
    assert kept(zoo.parent / "zoo.db") == expected


def test_an_audit_that_lost_its_scheduler_goes_on_with_another(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = of_one_process(zoo)
    monkeypatch.setattr("lstmlint.api._examined", slowly)
    monkeypatch.setattr("lstmlint.zoo.audit.BATCH", 1)
    store = zoo.parent / "zoo.db"
    with Cluster(workers=1) as cluster, pytest.raises(lstmlint.EngineError, match="lost the scheduler at"):
        audited(
            [str(zoo)], str(store), lambda path: DEFAULTS, engine="dask", scheduler=cluster.address,
            progress=after_the_first(lambda: cluster.scheduler.send_signal(signal.SIGKILL)),
        )  # fmt: skip
    assert 0 < len(kept(store)["files"]) < len(MEMBERS)
    with Cluster(workers=1) as cluster:
        lstmlint.audit([zoo], store, engine="dask", scheduler=cluster.address)
    assert kept(store) == expected


def poisoned(question: Question) -> Answer:
    """Die of one of the files, and note each try."""
    if os.path.basename(question.path) == "gru.keras":
        with open(os.environ["NOTES"], "a") as notes:
            notes.write("tried\n")
        os._exit(3)
    return examine(question)


def test_a_poisonous_file_is_a_row_after_two_tries(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = zoo.parent / "notes"
    monkeypatch.setenv("NOTES", str(notes))
    monkeypatch.setattr("lstmlint.api._examined", poisoned)
    expected = of_one_process(zoo)
    assert notes.read_text() == "tried\n" * 2
    with Cluster(workers=2) as cluster:
        lstmlint.audit([zoo], zoo.parent / "zoo.db", engine="dask", scheduler=cluster.address)
    assert notes.read_text() == "tried\n" * 4
    assert kept(zoo.parent / "zoo.db") == expected
    assert [row for row in expected["states"] if CRASHED in row]


def test_a_command_says_in_one_line_that_there_is_no_scheduler(zoo: Path) -> None:
    command = [
        sys.executable, "-m", "lstmlint", "audit", str(zoo), "--engine", "dask", "--scheduler", "nonsense://host"
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("lstmlint: error: cannot reach the scheduler at nonsense://host")
