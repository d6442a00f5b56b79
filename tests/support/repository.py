"""A temporary git repository for tests, with nothing of the user's settings in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.truth import ROOT

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A. Author",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_COMMITTER_NAME": "A. Author",
    "GIT_COMMITTER_EMAIL": "author@example.org",
    "GIT_PAGER": "cat",
    "PYTHONPATH": str(ROOT),
}

#: lstmlint as git calls it.
LSTMLINT = f"'{sys.executable}' -m lstmlint"


def git(folder: Path, *arguments: str, status: int = 0) -> str:
    """The output of a git command, which must end with a status."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | ENVIRONMENT
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return done.stdout


def commit(folder: Path, message: str = "change") -> None:
    """Commit everything in the working tree."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
