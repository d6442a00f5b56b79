"""Output that nobody takes, encodings that lack characters, and signals: one line or none, and nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lstmlint.commands import commands
from tests.support.truth import FIXTURES

MODEL = str(FIXTURES / "keras-3.15.1" / "lstm-72.json")
OTHER = str(FIXTURES / "keras-3.15.1" / "stacked-lstm-params.json")
OLD = str(FIXTURES / "keras-2.15.0" / "lstm-72.h5")

#: A run of each command that writes to standard output.
RUNS = {
    "check": ["check", "--isolated", MODEL],
    "summary": ["summary", "--isolated", MODEL],
    "explain": ["explain", "--isolated", MODEL],
    "loads": ["loads", "--isolated", MODEL],
    "sbom": ["sbom", "--isolated", MODEL],
    "audit": ["audit", "--isolated", MODEL],
    "fleet": ["fleet", "--isolated", "{store}"],
    "fix": ["fix", "--isolated", OLD, "--diff"],
    "diff": ["diff", "--isolated", MODEL, OLD],
    "whatif": ["whatif", "--isolated", MODEL, "--set", "lstm.units=6"],
    "origin": ["origin", "--isolated", str(FIXTURES / "values" / "nan.keras"), str(FIXTURES / "values")],
    "breaking": ["breaking", "--isolated", "--against", "HEAD"],
    "report": ["report", "--isolated", MODEL],
    "rules": ["rules"],
    "rule": ["rule", "over-budget"],
    "schema": ["schema", "check"],
    "textconv": ["textconv", MODEL],
    "completion": ["completion", "bash"],
    "convert": ["convert", "--isolated", OLD, "-o", "{new}"],
}
WRITES_FILES = {"baseline"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells, devices and signals")


def lstmlint(arguments: list[str], redirection: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "lstmlint", *arguments]
    if redirection:
        command = ["sh", "-c", f'exec "$@" {redirection}', "sh", *command]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment})


def test_every_command_is_run_here() -> None:
    assert set(commands()) == RUNS.keys() | WRITES_FILES


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "zoo.db"
    lstmlint(["audit", "--isolated", MODEL, "--store", str(path)])
    return path


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize("name", RUNS)
def test_output_that_cannot_be_written_is_one_line_and_status_2(
    name: str, redirection: str, tmp_path: Path, store: Path
) -> None:
    if redirection == ">/dev/full" and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    arguments = [argument.format(new=tmp_path / "new.keras", store=store) for argument in RUNS[name]]
    ran = lstmlint(arguments, redirection)
    said = ran.stderr.decode().splitlines()
    assert ran.returncode == 2, said
    assert len(said) == 1, said
    assert "standard output" in said[0]


def test_errors_that_cannot_be_written_are_no_traceback() -> None:
    ran = lstmlint(["check", "--isolated", "no-such-file.h5"], "2>/dev/full")
    assert ran.returncode == 2


NAME = "maß…×\u4e2d"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model whose layer has a name that no single byte encoding has, and a finding."""
    model = json.loads(Path(MODEL).read_text(encoding="utf-8"))
    layer = model["config"]["layers"][-1]["config"]
    layer.update(name=NAME, units=0)
    path = tmp_path_factory.mktemp("odd") / "odd.json"
    path.write_text(json.dumps(model), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        *(["check", "--format", one] for one in ("json", "sarif", "markdown", "html", "junit", "csv", "github")),
        ["summary", "--format", "json"], ["explain", "--format", "json"], ["report"], ["textconv"],
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_programs_read_is_utf_8_whatever_the_encoding(arguments: list[str], encoding: str, odd: str) -> None:
    usual = lstmlint([*arguments, odd], PYTHONIOENCODING="utf-8")
    ran = lstmlint([*arguments, odd], PYTHONIOENCODING=encoding)
    assert (ran.returncode, ran.stderr) == (usual.returncode, usual.stderr)
    assert ran.stdout.decode("utf-8") == usual.stdout.decode("utf-8")


@pytest.mark.parametrize("command", ["check", "summary", "loads"])
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_tables_fall_back_to_what_the_encoding_has(command: str, encoding: str, odd: str) -> None:
    ran = lstmlint([command, "--isolated", odd], PYTHONIOENCODING=encoding)
    assert b"Traceback" not in ran.stderr
    text = ran.stdout.decode(encoding)
    if command != "loads":
        assert r"\u4e2d" in text
        assert ("ma\\xdf...x" if encoding == "ascii" else "maß…×") in text


#: Writes a model and is told to end, or killed, in the midst of it.
WRITER = """
import os, signal, sys, time
import lstmlint.fixing.writers.keras_archive as writer
from lstmlint.cli import run
def stopped(*arguments, real=writer.put_text):
    open(os.environ["READY"], "w").close()
    time.sleep(60)
writer.put_text = stopped
sys.argv = ["lstmlint", "fix", "--isolated", os.environ["OLD"], "-o", os.environ["NEW"]]
run()
"""


def interrupted(folder: Path, number: signal.Signals) -> tuple[int, list[str]]:
    """The status of a writer that gets a signal, and the files that are left in its folder."""
    folder.mkdir()
    ready = folder.parent / "ready"
    environment = {**os.environ, "READY": str(ready), "OLD": OLD, "NEW": str(folder / "new.keras")}
    with subprocess.Popen([sys.executable, "-c", WRITER], env=environment, stderr=subprocess.DEVNULL) as process:
        while not ready.exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(number)
        process.wait(timeout=30)
    return process.returncode, sorted(path.name for path in folder.iterdir())


def test_a_run_that_is_told_to_end_leaves_no_temporary_file(tmp_path: Path) -> None:
    assert interrupted(tmp_path / "to", signal.SIGTERM) == (143, [])


def test_what_a_killed_run_left_is_hidden_and_removed_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "to"
    status, left = interrupted(folder, signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert left
    assert all(name.startswith(".new.keras.") and name.endswith(".part") for name in left)
    (folder / f".new.keras.{os.getpid()}-7.part").touch()  # of a process that runs
    shutil.copy(OLD, folder / "old.h5")
    ran = lstmlint(["fix", "--isolated", str(folder / "old.h5"), "-o", str(folder / "new.keras")])
    assert ran.returncode in (0, 1), ran.stderr
    names = {path.name for path in folder.iterdir()}
    assert names == {"old.h5", "new.keras", f".new.keras.{os.getpid()}-7.part"}
