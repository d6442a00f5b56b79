"""What nobody expects ends as one line and status 2, never as a traceback with the status of findings."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lstmlint.cli import main
from lstmlint.commands import commands
from tests.support.truth import FIXTURES, ROOT

MODEL = str(FIXTURES / "keras-3.15.1" / "lstm-72.json")

#: A run of each command, with a function of lstmlint in it that is made to fail.
RUNS = {
    "check": (["check", MODEL], "lstmlint.inference.infer.infer"),
    "summary": (["summary", MODEL], "lstmlint.inference.infer.infer"),
    "loads": (["loads", MODEL], "lstmlint.portability.verdict.obstacles"),
    "explain": (["explain", MODEL], "lstmlint.inference.infer.infer"),
    "fix": (["fix", MODEL, "--diff"], "lstmlint.fixing.fix.all_repairs"),
    "diff": (["diff", MODEL, MODEL], "lstmlint.review.compare.rows"),
    "report": (["report", MODEL], "lstmlint.inference.infer.infer"),
    "rules": (["rules"], "lstmlint.linting.catalogue.rules"),
    "rule": (["rule", "over-budget"], "lstmlint.linting.rule.rules"),
}


def failing(*_: object, **__: object) -> None:
    raise ZeroDivisionError("by chance")


def run(arguments: list[str]) -> tuple[int, str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    return main(arguments, stdout, stderr), stdout.getvalue(), stderr.getvalue()


@pytest.mark.parametrize("name", RUNS)
def test_a_defect_is_one_line_and_status_2(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments, function = RUNS[name]
    run(arguments)  # so that what is imported where it is used is there to be replaced
    module, _, last = function.rpartition(".")
    real = getattr(sys.modules[module], last)
    for loaded in [loaded for key, loaded in sys.modules.items() if key.startswith("lstmlint.")]:
        if getattr(loaded, last, None) is real:
            monkeypatch.setattr(loaded, last, failing)
    status, stdout, stderr = run(arguments)
    assert status == 2, (stdout, stderr)
    assert "Traceback" not in stdout + stderr
    assert (stderr or stdout).count("made lstmlint fail (ZeroDivisionError: by chance)") == 1


def test_the_traceback_is_shown_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(commands()["rules"]), "run", property(lambda _: failing), raising=False)
    assert "--traceback shows where" in run(["rules"])[2]
    shown = run(["rules", "--traceback"])[2]
    assert "Traceback (most recent call last)" in shown
    assert "--traceback shows" not in shown


def lstmlint(arguments: list[str], **streams: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lstmlint", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False, **streams)  # type: ignore[call-overload,no-any-return]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "arguments", [["check", MODEL], ["summary", MODEL], ["rules"], ["check", "--format", "json", MODEL]]
)
def test_a_full_disk_is_one_line(arguments: list[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = lstmlint(arguments, stdout=full)
    assert (done.returncode, done.stderr) == (
        2,
        "lstmlint: error: standard output: cannot be written: No space left on device\n",
    )


@pytest.mark.skipif(os.name != "posix", reason="streams are closed so on POSIX only")
def test_a_closed_output_is_one_line() -> None:
    done = lstmlint(["check", MODEL], preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("lstmlint: error: standard output is closed")
