"""What the README shows is what the program prints."""

from __future__ import annotations

import doctest
import io
import re
import shlex
import tomllib

import pytest

from lstmlint.cli import main
from lstmlint.settings.schema import problem
from tests.support.truth import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")

CONSOLE = [block.partition("\n")[::2] for block in re.findall(r"(?ms)^```console\n(.*?)^```", README)]


@pytest.mark.parametrize(("command", "expected"), CONSOLE, ids=[command for command, _ in CONSOLE])
def test_console_blocks(command: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    output = io.StringIO()
    main(shlex.split(command)[2:], output, output)
    assert output.getvalue() == expected


def test_python_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"(?ms)^```pycon\n(.*?)^```", README)
    report = io.StringIO()
    doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest(block, {}, "README", None, 0), out=report.write)
    assert report.getvalue() == ""


@pytest.mark.parametrize("mark", ["run command", "test command"])
def test_each_command_is_one_line(mark: str) -> None:
    assert len(re.findall(rf"<!-- {mark} -->\n```sh\n[^\n]+\n```\n", README)) == 1


def test_the_settings_are_valid() -> None:
    (block,) = re.findall(r"(?ms)^```toml\n(.*?)^```", README)
    assert problem(tomllib.loads(block)["tool"]["lstmlint"]) == ""
