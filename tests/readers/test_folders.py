"""Folders that are deep, hold links that go in circles, or may not be read: a line each, and the rest is read."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main
from lstmlint.readers.files import InputFile, targets
from tests.support.truth import FIXTURES

MODEL = (FIXTURES / "keras-2.15.0" / "lstm-72.json").read_bytes()
DEPTH = 1200


def found(*paths: str) -> list[InputFile]:
    return list(targets(list(paths)))


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder 1,200 deep with a model at its end and beside it."""
    (tmp_path / "beside.json").write_bytes(MODEL)
    before = Path.cwd()
    os.chdir(tmp_path)
    for _ in range(DEPTH):
        os.mkdir("d")
        os.chdir("d")
    Path("deep.json").write_bytes(MODEL)
    os.chdir(before)
    yield tmp_path
    os.chdir(tmp_path)  # Python's own removal of folders calls itself for each depth
    for _ in range(DEPTH):
        os.chdir("d")
    os.unlink("deep.json")
    for _ in range(DEPTH):
        os.chdir("..")
        os.rmdir("d")
    os.chdir(before)


@pytest.mark.skipif(sys.platform == "win32", reason="paths of Windows are short")
def test_a_deep_folder_is_searched_to_its_end(deep: Path) -> None:
    assert [os.path.basename(one.path) for one in found(str(deep))] == ["beside.json", "deep.json"]
    assert [one.error for one in found(str(deep))] == ["", ""]


@pytest.mark.skipif(sys.platform == "win32", reason="paths of Windows are short")
@pytest.mark.parametrize("command", ["check", "summary", "loads", "report"])
def test_every_command_reads_what_lies_in_a_deep_folder(command: str, deep: Path) -> None:
    stdout, stderr = io.StringIO(), io.StringIO()
    assert main([command, "--isolated", str(deep)], stdout, stderr) == 0, stderr.getvalue()
    assert stderr.getvalue() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="paths of Windows are short")
def test_a_glob_through_a_deep_folder_is_one_line(deep: Path) -> None:
    (one, other) = found(str(deep / "**" / "*.json"), str(deep / "beside.json"))
    assert one.error == "matches folders nested too deeply; name the folder itself" or not one.error
    assert other == InputFile(str(deep / "beside.json"))


@pytest.fixture
def circular(tmp_path: Path) -> Path:
    (tmp_path / "model.json").write_bytes(MODEL)
    (tmp_path / "a.json").symlink_to("b.json")
    (tmp_path / "b.json").symlink_to("a.json")
    (tmp_path / "gone.h5").symlink_to("nowhere.h5")
    (tmp_path / "linked.json").symlink_to("model.json")
    (tmp_path / "self").symlink_to(".")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_links_in_circles_are_a_line_each_and_the_rest_is_read(circular: Path) -> None:
    told = {os.path.basename(one.path): one.error for one in found(str(circular))}
    circle = f"cannot be read: {os.strerror(errno.ELOOP)}"
    assert told == {
        "a.json": f"{circle}; remove the link",
        "b.json": f"{circle}; remove the link",
        "linked.json": "",
        "model.json": "",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_a_link_that_is_named_and_leads_nowhere_is_said_so(circular: Path) -> None:
    for name in ("a.json", "gone.h5"):
        (one,) = found(str(circular / name))
        assert one.error == "is a symbolic link that leads nowhere; name the file itself"


@pytest.mark.parametrize("command", ["check", "summary", "loads", "report"])
def test_a_folder_that_may_not_be_read_is_a_line(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "model.json").write_bytes(MODEL)
    real = os.scandir

    def scandir(path: Any) -> Any:
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    stdout, stderr = io.StringIO(), io.StringIO()
    assert main([command, "--isolated", str(tmp_path)], stdout, stderr) == 2
    said = [line for line in (stdout.getvalue() + stderr.getvalue()).splitlines() if "closed" in line]
    assert any("cannot be read: Permission denied; check its permissions" in line for line in said)
    assert "lstm" in stdout.getvalue() or command in ("check", "loads")
