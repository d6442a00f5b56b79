"""The snippets of the README for other programs: valid for those, and run where they can be."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import pytest
import yaml
from keras import layers
from pre_commit.clientlib import load_config

from tests.face.test_readme import README
from tests.support.repository import LSTMLINT, commit, git
from tests.support.truth import FIXTURES, ROOT


def snippet(mark: str) -> str:
    """The block below a mark."""
    (found,) = re.findall(rf"(?ms)^<!-- {mark} -->\n```\w+\n(.*?)^```", README)
    return str(found)


def test_pre_commit_takes_its_snippet(tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(snippet("pre-commit"), encoding="utf-8")
    (repository,) = load_config(str(path))["repos"]
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for hook in repository["hooks"]} == offered


@pytest.mark.parametrize(("mark", "schema"), [("github", "vendor.github-workflows"), ("gitlab", "vendor.gitlab-ci")])
def test_snippets_are_valid(tmp_path: Path, mark: str, schema: str) -> None:
    path = tmp_path / "snippet.yml"
    path.write_text(snippet(mark), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_workflow_gives_inputs_that_the_action_has() -> None:
    steps = yaml.safe_load(snippet("github"))["jobs"]["models"]["steps"]
    given = {name for step in steps if "lstmlint" in step["uses"] for name in step["with"]}
    assert given <= yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"].keys()


def test_the_job_of_gitlab_writes_its_reports(tmp_path: Path) -> None:
    job = yaml.safe_load(snippet("gitlab"))["models"]
    (tmp_path / "models").mkdir()
    shutil.copy(FIXTURES / "keras-3.15.1" / "gru.keras", tmp_path / "models")
    command = [sys.executable, "-m", *shlex.split(job["script"][-1])]
    subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
    assert all((tmp_path / name).is_file() for name in job["artifacts"]["reports"].values())


def keyword_spotter(units: int, *, is_dropped: bool) -> keras.Model:
    stack = [keras.Input((None, 40), name="audio"), layers.LSTM(units, return_sequences=True, name="encoder")]
    stack += [layers.Dropout(0.2, name="dropout")] if is_dropped else []
    return keras.Sequential([*stack, layers.LSTM(32, name="decoder"), layers.Dense(12, name="keywords")])


def test_git_shows_what_the_readme_shows(tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_text(snippet("gitattributes"), encoding="utf-8")
    (shown,) = re.findall(r"(?ms)^```diff\n(.*?)^```", README)
    keyword_spotter(64, is_dropped=False).save(tmp_path / "model.keras")
    commit(tmp_path)
    setting = shlex.split(snippet("git config"))
    assert setting[:2] == ["git", "config"]
    assert setting[-1] == "lstmlint textconv"
    git(tmp_path, "config", setting[2], f"{LSTMLINT} textconv")
    keyword_spotter(96, is_dropped=True).save(tmp_path / "model.keras")
    assert shown in git(tmp_path, "diff")
