"""Temporary files: hidden, told from those of runs that are still writing, removed when nobody writes them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lstmlint.running.parts import OLD_SECONDS, is_gone, new_part, parts_left, synchronise


def gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_parts_are_hidden_and_distinct(tmp_path: Path) -> None:
    parts = [new_part(str(tmp_path / "model.keras")) for _ in range(3)]
    assert len(set(parts)) == 3
    assert all(os.path.basename(part).startswith(".model.keras.") for part in parts)
    for part in parts:
        synchronise(part)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell whether a process runs")
def test_only_what_nobody_writes_is_removed(tmp_path: Path) -> None:
    left, own = tmp_path / f".m.h5.{gone()}-0.part", tmp_path / f".m.h5.{os.getpid()}-9.part"
    others = [tmp_path / name for name in (".m.h5.x-0.part", ".n.h5.1-0.part", "m.h5", ".m.h5.part")]
    for path in (left, own, *others):
        path.touch()
    assert list(parts_left(str(tmp_path), "m.h5")) == [str(left)]
    new_part(str(tmp_path / "m.h5"))
    assert not left.exists()
    assert own.exists()
    assert all(path.exists() for path in others)


def test_on_windows_age_decides() -> None:
    now = time.time()
    assert not is_gone(os.getpid(), now, "nt")
    assert is_gone(os.getpid(), now - OLD_SECONDS - 60, "nt")


def test_numbers_that_are_no_process_are_left_alone() -> None:
    assert not is_gone(10**17, time.time(), "posix")
