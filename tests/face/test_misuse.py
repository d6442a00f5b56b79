"""Typical mistakes on the command line: what is printed of each, in at most three lines, and status 2."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from lstmlint.cli import main
from lstmlint.commands import commands
from lstmlint.commands.parser import parser_for
from lstmlint.commands.usage import KERAS, TARGET
from lstmlint.keras.versions import TARGETS, target_ranges, written_targets

NAMES = ("encoder", "bi_lstm", *(f"dense_{number}" for number in range(12)))

#: The model that the commands below name.
MODEL = {
    "class_name": "Sequential",
    "keras_version": "2.15.0",
    "config": {
        "name": "model",
        "layers": [
            {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 4]}},
            *({"class_name": "Dense", "config": {"name": name, "units": 4}} for name in NAMES),
        ],
    },
}

#: Mistakes, and the line that tells each; the status is 2.
MISUSES: Mapping[str, str] = {
    "": "lstmlint: error: the following arguments are required: COMMAND; 'lstmlint --help' tells more",
    "chek a.json": "lstmlint: error: there is no command 'chek'; did you mean 'check'?",
    "whatever a.json": "lstmlint: error: there is no command 'whatever'; 'lstmlint --help' lists them",
    "a.json": "lstmlint: error: 'a.json' is no command; did you mean 'lstmlint check a.json'?",
    "--quiet a.json": (
        "lstmlint: error: lstmlint has no option '--quiet'; options follow a command, as in "
        "'lstmlint check --quiet FILE'"
    ),
    "check": "lstmlint: error: the following arguments are required: PATH; 'lstmlint check --help' tells more",
    "check --formt json a.json": "lstmlint: error: lstmlint check has no option '--formt'; did you mean '--format'?",
    "check --formt=json": "lstmlint: error: lstmlint check has no option '--formt'; did you mean '--format'?",
    "check a.json -j 4": "lstmlint: error: lstmlint check has no option '-j'; 'lstmlint check --help' lists them",
    "check a.json --format": "lstmlint: error: --format: expected one argument; 'lstmlint check --help' tells more",
    "check --format jsn a.json": "lstmlint: error: --format cannot be 'jsn'; did you mean 'json'?",
    "check --persona strict a.json": (
        "lstmlint: error: --persona cannot be 'strict'; it is one of regular, pedantic"
    ),
    "check --jobs many a.json": (
        "lstmlint: error: --jobs: 'many' is no whole number of 1 or more; 'lstmlint check --help' tells more"
    ),
    "check --target keras-3.99 a.json": (
        "lstmlint: error: the command line: there is no target 'keras-3.99'; did you mean 'keras-3.15'?"
    ),
    "fix --to keras-3.99 a.json": "lstmlint: error: there is no target 'keras-3.99'; did you mean 'keras-3.15'?",
    "check --select szie a.json": (
        "lstmlint: error: the command line: select: there is no rule or category 'szie'; did you mean 'size'?"
    ),
    "check --ignore xyz a.json": (
        "lstmlint: error: the command line: ignore: there is no rule or category 'xyz'; 'lstmlint rules' lists them"
    ),
    "check --config wrong.toml a.json": (
        "lstmlint: error: wrong.toml: there is no setting 'selct'; did you mean 'select'?"
    ),
    "check --config odd.toml a.json": (
        "lstmlint: error: odd.toml: there is no setting 'colour'; 'lstmlint schema settings' lists them"
    ),
    "check --output jsn=out.json a.json": (
        "lstmlint: error: --output jsn=out.json: there is no format 'jsn'; did you mean 'json'?"
    ),
    "breaking --category wights": "lstmlint: error: --category: there is no category 'WIGHTS'; did you mean 'WEIGHTS'?",
    "explain a.json bi_lstn": "a.json: error: has no layer 'bi_lstn'; did you mean 'bi_lstm'?",
    "explain a.json gru": (
        "a.json: error: has no layer 'gru'; 'lstmlint summary --expand-nested a.json' lists its layers"
    ),
    "rule rnn-param-large": "lstmlint: error: there is no rule 'rnn-param-large'; did you mean 'rnn-params-large'?",
    "rule nonsense": "lstmlint: error: there is no rule 'nonsense'; 'lstmlint rules' lists them",
    "rule over-budget size": (
        "lstmlint: error: 'size' is one argument too many; 'lstmlint rule --help' tells more"
    ),
    "schema chek": "lstmlint: error: name cannot be 'chek'; did you mean 'check'?",
    "diff a.json a.json --max-length 3": (
        "lstmlint: error: --max-length: '3' is no whole number of 200 or more; 'lstmlint diff --help' tells more"
    ),
    "audit a.json --timeout soon": (
        "lstmlint: error: --timeout: 'soon' is no number of seconds above 0; 'lstmlint audit --help' tells more"
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps(MODEL), "utf-8")
    (tmp_path / "wrong.toml").write_text('selct = ["size"]\n', "utf-8")
    (tmp_path / "odd.toml").write_text('colour = "never"\n', "utf-8")


def run(*arguments: str) -> tuple[int, str, str]:
    """The status, the output and the errors of a command."""
    output, errors = io.StringIO(), io.StringIO()
    return main(arguments, output, errors), output.getvalue(), errors.getvalue()


@pytest.mark.parametrize("line", MISUSES)
def test_a_mistake_is_told_in_one_line(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*line.split()) == (2, "", f"{MISUSES[line]}\n")
    assert capsys.readouterr() == ("", "")


def test_a_missing_file_is_told_below_three_lines() -> None:
    status, output, errors = run("check", "b.json")
    assert (status, errors) == (2, "")
    assert output.startswith("b.json: error: does not exist\n")
    assert output.count("\n") <= 3


def test_a_path_in_the_place_of_the_command_is_quoted_for_a_shell() -> None:
    assert "'lstmlint check 'my model.h5''" in run("my model.h5")[2]
    Path("models").mkdir()
    assert "'lstmlint check models'" in run("models")[2]


def test_the_text_of_a_mistake_is_fit_for_a_terminal() -> None:
    for arguments in (("\x1b[31m",), ("check", "--\x1b[31m"), ("check", "a.json", "--format", "\x1b[31m\n")):
        status, _, errors = run(*arguments)
        assert status == 2
        assert "\x1b" not in errors
        assert errors.count("\n") == 1


def test_a_secret_in_the_place_of_the_command_is_not_repeated() -> None:
    status, _, errors = run("https://user:hidden@host/model.h5")
    assert status == 2
    assert "hidden" not in errors


def test_an_abbreviated_option_and_one_with_its_value_are_known() -> None:
    assert run("check", "--isol", "--form=json", "a.json")[0] == 0
    assert run("check", "--isolated", "--", "--missing")[1].startswith("--missing: error: does not exist\n")


@pytest.mark.parametrize("name", commands())
def test_the_help_of_a_command_lists_the_targets_that_it_takes(name: str) -> None:
    program = parser_for([name])
    own = next(action for action in program._actions if isinstance(action, argparse._SubParsersAction)).choices[name]
    metavars = {action.metavar for action in own._actions}
    text = " ".join(own.format_help().split())
    taken = TARGETS.values() if TARGET in metavars else written_targets() if KERAS in metavars else ()
    assert ("targets:" in text) == bool(taken)
    assert target_ranges(taken) in text
