"""The hooks, run by the real pre-commit in a real repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repository import ENVIRONMENT, git
from tests.support.truth import FIXTURES, ROOT


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pre-commit") / "work"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    shutil.copy(FIXTURES / "broken" / "missing-return-sequences.json", folder / "broken.json")
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-72.h5", folder / "model.h5")
    (folder / "package.json").write_text('{"name": "no model"}', encoding="utf-8")
    (folder / "notes.txt").write_text("no model\n", encoding="utf-8")
    git(folder, "add", "--all")
    return folder


def hook(repository: Path, name: str, *files: str) -> tuple[int, str]:
    """The exit status and the output of a hook; the package is installed once for all hooks of this file."""
    home = repository.parent / "home"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | ENVIRONMENT
    del environment["PYTHONPATH"]  # what is installed is what runs
    environment |= {"PRE_COMMIT_HOME": str(home), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), name, "--files", *files],
        cwd=repository, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_errors_stop_a_commit(repository: Path) -> None:
    status, output = hook(repository, "lstmlint", "broken.json", "model.h5", "package.json", "notes.txt")
    assert status == 1, output
    assert "error[missing-return-sequences]" in output
    assert "package.json" not in output


def test_healthy_models_and_other_files_pass(repository: Path) -> None:
    status, output = hook(repository, "lstmlint", "model.h5", "package.json", "notes.txt")
    assert status == 0, output
    assert "Passed" in output


def test_the_summary_shows_models_only(repository: Path) -> None:
    status, output = hook(repository, "lstmlint-summary", "model.h5", "package.json")
    assert status == 0, output
    assert "Total params: 72" in output
    assert "package.json" not in output
