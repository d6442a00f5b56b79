"""`--output FORMAT=FILE`: several reports at once, each whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lstmlint.commands import output_file
from lstmlint.output.formats import formats
from tests.face.test_cli import run
from tests.support.reporters_runs import write_stack


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_stack(Path("model.json"), "é \udcff 漢字".encode("utf-8", "replace").decode())
    return tmp_path


def test_files_hold_what_the_formats_print() -> None:
    arguments = [f"--output={name}=out.{name}" for name in formats()]
    status, text, errors = run("check", "model.json", *arguments)
    assert (status, errors) == (1, "")
    assert text == run("check", "model.json")[1]
    for name in formats():
        assert Path(f"out.{name}").read_text(encoding="utf-8") == run("check", "model.json", "--format", name)[1]
    assert sorted(os.listdir()) == sorted(["model.json", *(f"out.{name}" for name in formats())])


def test_colours_stay_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    _, text, _ = run("check", "model.json", "--output", "text=out.txt", terminal=True)
    assert "\033[" in text
    assert "\033[" not in Path("out.txt").read_text(encoding="utf-8")


def test_an_older_report_is_replaced_with_its_permissions_for_others() -> None:
    Path("out.json").write_text("old", encoding="utf-8")
    assert run("check", "model.json", "--output", "json=out.json")[0] == 1
    assert json.loads(Path("out.json").read_text(encoding="utf-8"))["version"] == 1
    mask = os.umask(0)
    os.umask(mask)
    assert Path("out.json").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_link_is_followed() -> None:
    Path("real").mkdir()
    Path("real/out.json").write_text("old", encoding="utf-8")
    Path("link.json").symlink_to("real/out.json")
    run("check", "model.json", "--output", "json=link.json")
    assert Path("link.json").is_symlink()
    assert json.loads(Path("real/out.json").read_text(encoding="utf-8"))["version"] == 1


def test_a_device_is_written_into() -> None:
    assert run("check", "model.json", "--output", f"json={os.devnull}") == run("check", "model.json")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("sarif", "write it as FORMAT=FILE"),
        ("sarif=", "write it as FORMAT=FILE"),
        ("xml=out.xml", "there is no format 'xml'; it is one of concise, csv, "),
        ("json=-", "is chosen with --format json"),
        ("json=missing/out.json", "there is no folder missing"),
        ("json=.", "is a folder; name a file in it"),
        ("json=model.json", "would replace a file that is read"),
        ("json=./model.json", "would replace a file that is read"),
        ("xml=\x1b[31m\n", "there is no format"),
    ],
)
def test_what_cannot_be_meant_is_one_line(given: str, says: str) -> None:
    before = Path("model.json").read_bytes()
    status, text, errors = run("check", "model.json", "--output", given)
    assert (status, text) == (2, "")
    assert errors.startswith("lstmlint: error: --output ")
    assert says in errors
    assert errors.count("\n") == 1
    assert "\x1b" not in errors
    assert Path("model.json").read_bytes() == before
    assert os.listdir() == ["model.json"]


def test_a_file_named_twice_is_refused() -> None:
    status, _, errors = run("check", "model.json", "--output", "json=out", "--output", "sarif=./out")
    assert status == 2
    assert "is named twice" in errors


def test_a_full_disk_costs_neither_the_old_file_nor_the_other_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("out.json").write_text("old", encoding="utf-8")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    status, text, errors = run("check", "model.json", "--output", "json=out.json")
    assert status == 2
    assert errors == "lstmlint: error: --output json=out.json: cannot be written: No space left on device\n"
    assert "[missing-return-sequences]" in text
    assert Path("out.json").read_text(encoding="utf-8") == "old"
    assert sorted(os.listdir()) == ["model.json", "out.json"]


def test_statistics_leave_the_files_as_they_are() -> None:
    status, text, _ = run("check", "model.json", "--statistics", "--output", "concise=out.txt")
    assert status == 1
    assert "Findings" in text
    assert "[missing-return-sequences]" in Path("out.txt").read_text(encoding="utf-8")


def test_lone_halves_of_characters_are_written_as_escapes() -> None:
    output_file.write_output("--output json=out.json", "out.json", '"\ud800"')
    assert json.loads(Path("out.json").read_text(encoding="utf-8")) == "\ud800"
