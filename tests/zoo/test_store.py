"""The store: other databases, other versions, a full disk, kills at any moment, and two audits at once."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.settings.settings import Settings
from lstmlint.zoo import store as stores
from lstmlint.zoo.asked import FINDING, SHOWING, asked
from lstmlint.zoo.store import AUDITS, StoreError, opened, schema
from tests.support.truth import FIXTURES

KILLS = 10

#: What is the same however an audit was interrupted, with paths and keys in place of numbers.
CONTENT = (
    "SELECT path, c.size, c.sha256, status, error, since_run, key FROM current c LEFT JOIN models m ON m.id = model_id",
    "SELECT key, path, position, l.params, output_json FROM layers l JOIN models ON id = model_id",
    "SELECT key, place, shape_json, dtype FROM tensors JOIN models ON id = model_id",
    "SELECT key, position, rule, severity, message, cause, words FROM findings JOIN models ON id = model_id",
    "SELECT key, target, outcome, message FROM verdicts JOIN models m ON m.id = model_id "
    "LEFT JOIN obstacles o ON o.id = obstacle_id",
    "SELECT id, sources_json, files, read, unchanged, vanished, failed, skipped FROM runs",
)


def content(store: Path) -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return [sorted(connection.execute(query).fetchall(), key=repr) for query in CONTENT]


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixtures, whose files are old enough for their times to be trusted."""
    folder = tmp_path_factory.mktemp("zoos") / "zoo"
    for name in ("keras-2.15.0", "keras-3.15.1", "broken"):
        shutil.copytree(FIXTURES / name, folder / name)
    for path in folder.rglob("*.*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return folder


def audit(zoo: Path, store: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "lstmlint", "audit", "--isolated", "--jobs", "2", str(zoo), "--store", str(store)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_audit_that_is_killed_again_and_again_gives_the_store_of_an_unbroken_one(zoo: Path) -> None:
    whole, torn = zoo.parent / "whole.db", zoo.parent / "torn.db"
    began = time.monotonic()
    audit(zoo, whole).communicate()
    seconds = time.monotonic() - began
    moments = random.Random(7)
    for _ in range(KILLS):
        process = audit(zoo, torn)
        try:
            process.wait(moments.uniform(0.1, 0.5) * seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        with closing(sqlite3.connect(torn)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
                (ended,) = connection.execute("SELECT count(*) FROM runs WHERE finished IS NOT NULL").fetchone()
                if ended:
                    break
    else:
        audit(zoo, torn).communicate()
    assert content(torn) == content(whole)


def test_two_audits_at_once_do_no_harm(zoo: Path, tmp_path: Path) -> None:
    store = tmp_path / "two.db"
    both = [audit(zoo, store) for _ in range(2)]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [2, 2], said  # some fixtures cannot be read
    assert said == [b"", b""]
    alone = tmp_path / "alone.db"
    audit(zoo, alone).communicate()
    assert content(store)[1:-1] == content(alone)[1:-1]
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT count(*) FROM runs WHERE finished IS NOT NULL").fetchone() == (2,)
        today = "SELECT max(number) FROM (SELECT count(*) number FROM states WHERE to_run IS NULL GROUP BY file_id)"
        assert connection.execute(today).fetchone() == (1,)


def test_a_disk_that_is_full_is_one_line_and_the_store_stays(zoo: Path, tmp_path: Path) -> None:
    store = tmp_path / "full.db"
    lstmlint.audit([zoo / "broken"], store)
    before = content(store)
    with opened(str(store)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    script = (
        "import sys, lstmlint.zoo.store as store\n"
        "real = store._prepare\n"
        "def limited(connection, *rest):\n"
        "    real(connection, *rest)\n"
        f"    connection.execute('PRAGMA max_page_count = {pages + 2}')\n"
        "store._prepare = limited\n"
        "from lstmlint.cli import run\n"
        f"sys.argv = ['lstmlint', 'audit', '--isolated', {str(zoo)!r}, '--store', {str(store)!r}]\n"
        "run()\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        f"lstmlint: error: {store}: cannot be used as a store: database or disk is full; make room and audit again; "
        "nothing that was stored is lost"
    ]
    assert content(store)[1:5] == before[1:5]
    lstmlint.audit([zoo], store)
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT count(*) FROM runs WHERE finished IS NULL").fetchone() == (0,)


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "newer.db"
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(f"PRAGMA application_id = {AUDITS.application}")
        connection.execute(f"PRAGMA user_version = {AUDITS.version + 1}")
    schemas = rf"\(schema {AUDITS.version + 1}, known is {AUDITS.version}\)"
    said = rf"newer\.db: was written by a newer lstmlint {schemas}; update lstmlint"
    with pytest.raises(StoreError, match=said):
        lstmlint.audit([FIXTURES / "broken"], store)


def test_an_older_store_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "older.db"
    lstmlint.audit([FIXTURES / "broken"], store)
    newer = AUDITS._replace(steps=(*AUDITS.steps, "schema_next.sql"))
    real = stores._script
    monkeypatch.setattr(
        stores, "_script", lambda name: "ALTER TABLE models ADD COLUMN more TEXT;" if "next" in name else real(name)
    )
    with (
        pytest.raises(StoreError, match=f"has the older schema {AUDITS.version}; the next audit brings it up to date"),
        opened(str(store), writes=False, kind=newer),
    ):
        pass
    with opened(str(store), kind=newer) as connection:
        assert connection.execute("SELECT count(*) FROM models").fetchone() > (0,)
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (AUDITS.version + 1,)
        assert connection.execute("SELECT count(more) FROM models").fetchone() == (0,)


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    store = tmp_path / "other.db"
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    before = store.read_bytes()
    with pytest.raises(StoreError, match=r"other\.db: is a database of another program; name another file"):
        lstmlint.audit([FIXTURES / "broken"], store)
    assert store.read_bytes() == before


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda path: path.write_bytes(b"no database " * 100), "file is not a database; name another file"),
        (lambda path: path.mkdir(), "unable to open database file; check that its folder is there and may be written"),
    ],
)
def test_what_is_no_database_is_one_line(made: Any, says: str, tmp_path: Path) -> None:
    store = tmp_path / "odd.db"
    made(store)
    with pytest.raises(StoreError) as why:
        lstmlint.audit([FIXTURES / "broken"], store)
    assert str(why.value) == f"{store}: cannot be used as a store: {says}"


def test_the_printed_schema_is_that_of_the_store() -> None:
    with opened(stores.IN_MEMORY) as store, closing(sqlite3.connect(":memory:")) as other:
        other.executescript(schema())
        query = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
        assert other.execute(query).fetchall() == store.execute(query).fetchall()


def test_every_setting_changes_what_is_found_or_what_is_shown() -> None:
    assert FINDING.isdisjoint(SHOWING)
    from dataclasses import fields

    assert {one.name for one in fields(Settings)} == FINDING | SHOWING


@pytest.mark.parametrize(
    "settings",
    [
        Settings(select=("shape",)), Settings(extend_select=("unbalanced-width",)), Settings(ignore=("shape",)),
        Settings(options={"over-budget": {"max_bytes": 5}}), Settings(layers={"Mine": "same-shape"}),
        Settings(target=("keras-3.15",)),
    ],
)  # fmt: skip
def test_other_settings_are_another_question(settings: Settings) -> None:
    assert asked(settings, "a.h5", ()) != asked(Settings(), "a.h5", ())
    assert asked(Settings(), "a.h5", ("keras-3.15",)) != asked(Settings(), "a.h5", ())
    assert asked(Settings(fail_on=None, baseline="x"), "a.h5", ()) == asked(Settings(), "a.h5", ())
