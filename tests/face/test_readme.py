"""What the README shows is what the program prints."""

from __future__ import annotations

import doctest
import io
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from lstmlint.cli import main
from lstmlint.commands.parser import parser
from lstmlint.settings.schema import problem
from tests.support.truth import FIXTURES, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")

CONSOLE = [block.partition("\n")[::2] for block in re.findall(r"(?ms)^```console\n(.*?)^```", README)]


@pytest.mark.parametrize(("command", "expected"), CONSOLE, ids=[command for command, _ in CONSOLE])
def test_console_blocks(command: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    output = io.StringIO()
    main(shlex.split(command)[2:], output, output)
    assert output.getvalue() == expected


def test_the_path_of_a_keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step prints what is shown of it, where `...` stands for other lines, and writes what it names."""
    (block,) = re.findall(r"(?ms)^<!-- keeper -->\n```shell-session\n(.*?)^```", README)
    shutil.copytree(FIXTURES / "keras-2.3.1", tmp_path / "zoo")
    monkeypatch.chdir(tmp_path)
    for step in block.removeprefix("$ ").split("\n$ "):
        command, _, shown = step.partition("\n")
        output = io.StringIO()
        arguments, _, file = command.partition(" > ")
        main(shlex.split(arguments)[1:], output, output)
        printed = output.getvalue()
        for part in () if file else filter(None, shown.strip("\n").split("...")):
            assert part in printed
            printed = printed.partition(part)[2]
    assert (tmp_path / "fleet.html").is_file()


def test_python_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"(?ms)^```pycon\n(.*?)^```", README)
    report = io.StringIO()
    doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest(block, {}, "README", None, 0), out=report.write)
    assert report.getvalue() == ""


@pytest.mark.parametrize("mark", ["run command", "test command"])
def test_each_command_is_one_line(mark: str) -> None:
    assert len(re.findall(rf"<!-- {mark} -->\n```sh\n[^\n]+\n```\n", README)) == 1


def test_the_commands_for_a_cluster_are_commands() -> None:
    (block,) = re.findall(r"(?ms)^<!-- cluster -->\n```sh\n(.*?)^```", README)
    commands = [shlex.split(line, comments=True)[1:] for line in block.splitlines() if line.startswith("lstmlint ")]
    assert [parser().parse_args(arguments).engine for arguments in commands] == ["dask"] * 3


def test_the_settings_are_valid() -> None:
    (block,) = re.findall(r"(?ms)^```toml\n(.*?)^```", README)
    assert problem(tomllib.loads(block)["tool"]["lstmlint"]) == ""
