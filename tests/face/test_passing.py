"""Paths without a model: each command names them and exits with 2, unless it is told that this is right."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import pytest

from tests.face.test_cli import ONE_STEP, run, write
from tests.support.truth import FIXTURES

MODEL = (FIXTURES / "keras-3.15.1" / "lstm-72.json").read_text(encoding="utf-8")

#: The commands that take many paths, each with what it needs besides them.
COMMANDS = {
    "check": ("check",),
    "check --format json": ("check", "--format", "json"),
    "check --show-files": ("check", "--show-files"),
    "summary": ("summary",),
    "summary --format jsonl": ("summary", "--format", "jsonl"),
    "loads": ("loads",),
    "loads --format csv": ("loads", "--format", "csv"),
    "loads --pin": ("loads", "--pin"),
    "sbom": ("sbom",),
    "report": ("report",),
    "baseline": ("baseline", "-o", "baseline.out"),
}
READING = [name for name in COMMANDS if name != "check --show-files"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model, a file of another kind, and a folder with nothing but such files."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "zoo" / "model.json", MODEL)
    write(tmp_path / "zoo" / "package.json", '{"name": "something else"}')
    write(tmp_path / "other" / "package.json", '{"name": "something else"}')
    (tmp_path / "empty").mkdir()
    return tmp_path


def said(name: str, *arguments: str) -> tuple[int, list[str]]:
    """The status of a command, and the lines about paths that it passed over."""
    status, _, errors = run(*COMMANDS[name], *arguments)
    return status, [line for line in errors.splitlines() if "accepts that" in line]


@pytest.mark.parametrize("name", READING)
def test_a_named_file_that_is_no_model_is_named(name: str) -> None:
    status, lines = said(name, "zoo/package.json", "zoo/model.json")
    assert status == 2
    assert len(lines) == 1
    assert lines[0].startswith("zoo/package.json: skipped: ")
    assert lines[0].endswith("; --allow-skipped accepts that")
    assert said(name, "zoo/package.json", "zoo/model.json", "--allow-skipped") == (0, [])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_that_holds_other_files_too_is_fine(name: str) -> None:
    assert said(name, "zoo") == (0, [])


@pytest.mark.parametrize("name", READING)
def test_a_folder_with_nothing_but_other_files_holds_no_model(name: str) -> None:
    assert said(name, "zoo", "other") == (2, ["other: error: holds no model; --allow-empty accepts that"])
    assert said(name, "zoo", "other", "--allow-empty") == (0, [])


@pytest.mark.parametrize("name", COMMANDS)
def test_an_empty_folder_and_a_glob_without_a_match(name: str) -> None:
    status, lines = said(name, "zoo", "empty", "*.keras")
    assert status == 2
    assert lines == [
        "empty: error: holds no model; --allow-empty accepts that",
        "*.keras: error: matches no model; --allow-empty accepts that",
    ]
    assert said(name, "zoo", "empty", "*.keras", "--allow-empty") == (0, [])


@pytest.mark.parametrize("name", READING)
def test_a_folder_inside_another_one_holds_its_models_too(name: str) -> None:
    assert said(name, ".", "zoo") == (0, [])


def test_a_file_that_is_named_counts_as_named_wherever_else_it_is_met() -> None:
    for paths in (("zoo", "zoo/package.json"), ("zoo/package.json", "zoo")):
        status, lines = said("check", *paths)
        assert (status, len(lines)) == (2, 1)


@pytest.mark.parametrize("content", [b"", b"{", gzip.compress(MODEL.encode()), pickle.dumps({"a": 1})])
@pytest.mark.parametrize("suffix", ["json", "pkl", "onnx", "h5.gz", "keras"])
def test_nothing_that_is_named_ends_well_without_being_read(content: bytes, suffix: str, folder: Path) -> None:
    (folder / f"file.{suffix}").write_bytes(content)
    status, output, errors = run("check", f"file.{suffix}")
    assert status == 2
    assert f"file.{suffix}: " in output + errors


def test_findings_are_still_reported(folder: Path) -> None:
    write(folder / "one.json", ONE_STEP)
    status, output, _ = run("check", "one.json", "zoo/package.json")
    assert status == 2
    assert "single-timestep-recurrence" in output
    assert run("check", "one.json", "zoo/package.json", "--allow-skipped")[0] == 1


def test_skipped_files_of_a_folder_are_counted() -> None:
    for command in ("summary", "loads", "sbom"):
        assert run(command, "zoo")[2] == "1 file skipped, not Keras models\n"
    assert "1 file skipped" not in run("summary", "--quiet", "zoo")[2]
