"""Processes that are not forked, as on Windows and macOS: they import what they need, and get the rest by the pipe."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lstmlint.commands.jobs import WORTH_A_PROCESS
from tests.support.truth import FIXTURES, ROOT

#: The console script on a system that does not fork; the processes that are spawned import this file again.
PROGRAM = """
import multiprocessing, sys
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    sys.platform = "darwin"
    from lstmlint.cli import run
    run()
else:
    print("spawned", file=sys.stderr)
"""

FILES = ("keras-2.15.0/activations.json", "keras-2.15.0/attention.h5", "keras-2.15.0/autoencoder.h5")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A program beside a folder of models and a broken file, which is large enough for two processes."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "zoo").mkdir()
    for name in FILES:
        shutil.copy(FIXTURES / name, tmp_path / "zoo")
    broken = '{"class_name": "Sequential", "config": ' + " " * WORTH_A_PROCESS * 2
    (tmp_path / "zoo" / "broken.json").write_text(broken, encoding="utf-8")
    return tmp_path


def spawned(folder: Path, *arguments: str) -> str:
    """The output of a command whose processes are spawned."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "program.py", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert ("spawned" in done.stderr) is ("2" in arguments)
    return done.stdout


def test_a_check_says_the_same_in_spawned_processes(folder: Path) -> None:
    jobs = {
        number: json.loads(spawned(folder, "check", "--isolated", "--jobs", number, "--format", "json", "zoo"))
        for number in ("1", "2")
    }
    assert jobs["1"] == jobs["2"]
    assert len(jobs["2"]["files"]) == len(FILES) + 1


def test_an_audit_keeps_every_file_in_spawned_processes(folder: Path) -> None:
    command = ("audit", "zoo", "--isolated", "--jobs", "2", "--format", "json")
    first = json.loads(spawned(folder, *command, "--store", "one.db"))
    forked = subprocess.run(
        [sys.executable, "-m", "lstmlint", *command, "--store", "other.db"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert first == {**json.loads(forked.stdout), "store": first.get("store")}
