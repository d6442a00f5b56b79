"""`lstmlint fix --output-dir`: real Keras loads what it writes, a second run goes on, and no file of others is lost."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import keras
import pytest

import lstmlint
from lstmlint.zoo.mending import STORE
from tests.face.test_cli import run
from tests.support.truth import FIXTURES
from tests.support.zoos import MEMBERS, fill

#: Members that `fix` mends, and those at which there is nothing to mend.
MENDED = ("old/first.h5", "old/again.h5", "old/config.json", "old/older.h5")
WHOLE = ("new/lstm.keras", "new/gru.keras")


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    return fill(tmp_path / "zoo")


def mend(zoo: Path, *more: str) -> tuple[int, list[str]]:
    status, output, _ = run("fix", str(zoo), "--output-dir", str(zoo.parent / "new"), "--jobs", "1", *more)
    return status, output.splitlines()


def new_files(zoo: Path) -> dict[str, bytes]:
    folder = zoo.parent / "new"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*.*")
        if not path.name.startswith(STORE)
    }


def counts(lines: list[str]) -> dict[str, int]:
    rows = [line.rsplit("  ", 1) for line in lines[3:]]
    return {row[0].strip(): int(row[1]) for row in rows if len(row) == 2 and row[1].strip().isdigit()}


def test_keras_loads_the_new_files_which_have_the_old_names(zoo: Path) -> None:
    status, lines = mend(zoo)
    assert status == 2, "a file is truncated"
    assert lines[0] == f"9 files; new files are in {zoo.parent / 'new'}"
    assert counts(lines) == {
        "repaired": len(MENDED), "repaired, something is left for you": 1, "nothing to repair": len(WHOLE),
        "holds weights alone": 1, "unreadable": 1,
    }  # fmt: skip
    assert any("bad/cut.h5: is truncated or damaged HDF5" in line for line in lines)
    assert set(new_files(zoo)) == {*MENDED, "bad/sequence.json"}
    for name in MENDED:
        path = zoo.parent / "new" / name
        if path.suffix == ".json":
            keras.models.model_from_json(path.read_text(encoding="utf-8"))
        else:
            keras.models.load_model(path)


def test_a_second_run_repairs_what_changed(zoo: Path) -> None:
    mend(zoo)
    before = new_files(zoo)
    times = {path: path.stat().st_mtime_ns for path in (zoo.parent / "new").rglob("*.h5")}
    status, lines = mend(zoo)
    assert status == 2
    assert lines[0].startswith("9 files, 9 of them by an earlier run;")
    assert {path: path.stat().st_mtime_ns for path in (zoo.parent / "new").rglob("*.h5")} == times
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-12.json", zoo / "old" / "config.json")
    (zoo.parent / "new" / "old" / "first.h5").unlink()
    assert mend(zoo)[1][0].startswith("9 files, 7 of them by an earlier run;")
    after = new_files(zoo)
    assert after.keys() == before.keys()
    assert after["old/config.json"] != before["old/config.json"]
    assert mend(zoo, "--to", "tf-keras-2.15")[1][0].startswith("9 files;"), "another question"


def test_a_file_of_somebody_else_is_not_replaced(zoo: Path) -> None:
    taken = zoo.parent / "new" / "old" / "first.h5"
    taken.parent.mkdir(parents=True)
    taken.write_text("mine", encoding="utf-8")
    for _ in range(2):
        status, lines = mend(zoo)
        assert status == 2
        assert counts(lines)["not written"] == 1
        assert taken.read_text(encoding="utf-8") == "mine"
    taken.unlink()
    mend(zoo)
    taken.write_text("edited", encoding="utf-8")
    mend(zoo)
    assert taken.read_text(encoding="utf-8") == "edited"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_run_that_is_killed_goes_on(tmp_path: Path) -> None:
    zoo = fill(tmp_path / "zoo", {f"{number:03}.h5": "keras-2.15.0/lstm-72.h5" for number in range(60)})
    command = [sys.executable, "-m", "lstmlint", "fix", str(zoo), "--output-dir", str(tmp_path / "new"), "--jobs", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while len(list((tmp_path / "new").glob("*.h5"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert mend(zoo)[0] == 0
    found = new_files(zoo)
    assert set(found) == {path.name for path in zoo.iterdir()}
    assert {lstmlint.load(tmp_path / "new" / name).params for name in found} == {72}
    with closing(sqlite3.connect(tmp_path / "new" / STORE)) as store:
        assert store.execute("SELECT outcome, count(*) FROM repairs GROUP BY 1").fetchall() == [("repaired", 60)]


def test_new_files_in_the_folder_of_the_old_ones_are_not_repaired_again(tmp_path: Path) -> None:
    zoo = fill(tmp_path / "zoo")
    for _ in range(2):
        output = run("fix", str(zoo), "--output-dir", str(zoo / "mended"), "--jobs", "1")[1]
        assert output.startswith(f"{len(MEMBERS)} files")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--diff",), "--diff is for one file; leave --output-dir out"),
        (("--output", "x.keras"), "--output is for one file; leave --output-dir out"),
        (("--format", "json"), "--format json is for one file; programs read repairs.db in the folder of --output-dir"),
        (("--to", "keras-9"), "keras-9"),
    ],
)
def test_options_that_do_not_fit_are_said(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    status, output, error = run("fix", str(tmp_path), "--output-dir", str(tmp_path / "new"), *arguments)
    assert (status, output) == (2, "")
    assert said in error
    assert not os.path.exists(tmp_path / "new")


def test_several_files_need_a_folder() -> None:
    status, _, error = run("fix", "a.h5", "b.h5")
    assert status == 2
    assert "name one file, or the folder for the repaired copies of many with --output-dir" in error
