"""What starts, and what is left out where it is not needed; how long it takes is measured in the benchmarks."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys

import pytest

from lstmlint.commands import command_of, commands
from lstmlint.commands.parser import _columns, parser, parser_for
from tests.support.truth import FIXTURES, ROOT

#: Modules of the standard library that take longer to import than a small file to check.
DEAR = {"ast", "dataclasses", "difflib", "importlib.metadata", "inspect", "pathlib", "shutil", "tempfile", "zipfile"}

IMPORTED = """
import io, sys
before = set(sys.modules)
from lstmlint.cli import main
main(sys.argv[1:], io.StringIO(), sys.stderr)
print(*sorted(set(sys.modules) - before))
"""

COLLECTED = """
import gc, sys
collected = []
gc.callbacks.append(lambda phase, info: collected.append(gc.get_threshold()))
freeze, gc.freeze = gc.freeze, lambda: print("collections:", collected.count(COLLECTED_FROM))
from lstmlint.cli import COLLECTED_FROM, run
run()
"""


def imported(*arguments: str) -> set[str]:
    """The modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_a_check_of_json_imports_nothing_dear() -> None:
    found = imported("check", "--isolated", str(FIXTURES / "keras-2.15.0" / "activations.json"))
    assert found & DEAR == set()
    assert "lstmlint.commands.check" in found
    assert "lstmlint.commands.fix" not in found


def test_no_garbage_is_looked_for_while_one_hdf5_file_is_checked() -> None:
    """To look through all that the modules for HDF5 made would take a tenth of the check, and find nothing."""
    path = str(FIXTURES / "keras-2.15.0" / "attention.h5")
    command = [sys.executable, "-c", COLLECTED, "check", "--isolated", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "collections: 0" in done.stdout, done.stderr


def test_the_version_imports_no_command() -> None:
    assert {name for name in imported("--version") if name.startswith("lstmlint.commands.")} == {
        "lstmlint.commands.command", "lstmlint.commands.parser", "lstmlint.commands.usage",
    }  # fmt: skip


def test_a_command_has_the_name_of_its_module() -> None:
    for name, command in commands().items():
        assert command_of(name) is command
    assert command_of("jobs") is None
    assert command_of("work") is None
    assert command_of("") is None


def subparsers(made: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return next(dict(action.choices) for action in made._actions if isinstance(action, argparse._SubParsersAction))


def test_a_parser_for_one_command_says_of_it_what_that_for_all_says() -> None:
    whole = subparsers(parser())
    for name in commands():
        only = subparsers(parser_for([name, "--help"]))
        assert list(only) == [name]
        assert only[name].format_help() == whole[name].format_help()


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], [], ["chek"], ["--", "check"]], ids=" ".join)
def test_the_list_of_commands_is_whole(arguments: list[str]) -> None:
    assert parser_for(arguments).format_help() == parser().format_help()


@pytest.mark.parametrize("columns", ["", "0", "40", "x", "-3"])
def test_the_width_is_what_python_tells(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert _columns() == shutil.get_terminal_size().columns
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((33, 10)))
    assert _columns() == shutil.get_terminal_size().columns
