"""`check` prints each file as soon as it is done, in order, and keeps no report."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lstmlint import pipeline
from lstmlint.cli import main
from lstmlint.commands import jobs
from lstmlint.linting.report import FileReport
from lstmlint.output.formats import reporters
from lstmlint.pipeline import Job
from tests.support.reporters_runs import custom_layer, write_stack
from tests.support.truth import ROOT

FILES = 6
OPTIONS = ((), ("--quiet",), ("--persona", "pedantic"), ("--explain",), ("--select", "shape"))
CLOSING = ("0 errors", "1 error", "could not judge")
BY_FILE = sorted(name for name, reporter in reporters().items() if reporter.pieces)
CLEAN = '{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": []}}'


class Told(io.StringIO):
    """A stream of which only what was flushed has arrived."""

    arrived = ""

    def flush(self) -> None:
        self.arrived = self.getvalue()


class Closed(io.StringIO):
    """A stream whose reader has had enough."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


@dataclass
class Reader:
    """`pipeline.check`, watched: what had arrived, and how many earlier reports were held, when it read a file."""

    stream: Told
    check: Callable[[Job], FileReport]
    arrived: list[str] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    made: weakref.WeakSet[Watched] = field(default_factory=lambda: weakref.WeakSet())

    def __call__(self, job: Job) -> FileReport:
        self.arrived.append(self.stream.arrived)
        self.held.append(len(self.made))
        report = self.check(job)
        watched = Watched(**{name: getattr(report, name) for name in FileReport.__slots__})
        self.made.add(watched)
        return watched


class Watched(FileReport):
    """A report that can be referred to weakly."""

    __hash__ = object.__hash__


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files with findings, the second one unreadable, the third with a layer that nobody knows."""
    monkeypatch.chdir(tmp_path)
    for number in range(FILES):
        write_stack(Path(f"{number}.json"), f"lstm {number}")
    Path("1.json").write_text('{"class_name": "Sequential", ', encoding="utf-8")
    Path("2.json").write_text(custom_layer("Mine"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    watching = Reader(Told(), pipeline.check)
    monkeypatch.setattr(pipeline, "check", watching)
    return watching


def output(*arguments: str) -> str:
    stream = io.StringIO()
    main(["check", "--isolated", *arguments], stream, sys.stderr)
    return stream.getvalue()


def test_formats_for_reading_along() -> None:
    assert {"text", "jsonl", "concise"} <= set(BY_FILE)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", BY_FILE)
def test_a_file_is_told_before_the_next_one_is_read(name: str, reader: Reader) -> None:
    main(["check", "--isolated", "--format", name, "--jobs", "1", "."], reader.stream, sys.stderr)
    assert len(reader.arrived) == FILES
    for number, arrived in enumerate(reader.arrived):
        assert [f"{other}.json" in arrived for other in range(FILES) if other != 2] == [
            other < number for other in range(FILES) if other != 2
        ]
    assert all(reader.stream.getvalue().startswith(arrived) for arrived in reader.arrived)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", sorted(reporters()))
def test_a_report_that_is_told_is_let_go(name: str, reader: Reader) -> None:
    main(["check", "--isolated", "--format", name, "--jobs", "1", "."], reader.stream, sys.stderr)
    assert len(reader.held) == FILES
    if name in BY_FILE:
        assert max(reader.held) <= 1
    else:
        assert reader.held == list(range(FILES))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", BY_FILE)
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("processes", ["1", "2"])
def test_what_is_told_by_file_is_the_whole_report(
    name: str, options: tuple[str, ...], processes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "WORTH_A_PROCESS", 1)
    told = output("--format", name, "--jobs", processes, *options, ".")
    assert told.count(".json") >= FILES - 1 or "--select" in options
    assert told == output("--format", name, "--output", f"html={os.devnull}", *options, ".")
    output("--output", f"{name}=whole.txt", *options, ".")
    if "--explain" not in options:
        assert told == Path("whole.txt").read_text(encoding="utf-8")


@pytest.mark.usefixtures("folder")
def test_the_text_is_that_of_each_file_and_the_closing_lines() -> None:
    alone = [line for number in range(FILES) for line in output(f"./{number}.json").splitlines()]
    first = [line for line in alone if not line.startswith(CLOSING)]
    *told, unjudged, closing = output(".").splitlines()
    assert told == first
    assert unjudged.startswith("could not judge")
    assert closing.endswith(f"in {FILES - 1} models; 1 path could not be read")


@pytest.mark.parametrize("name", BY_FILE)
def test_quiet_files_wait_for_the_first_that_has_something_to_say(name: str, folder: Path, reader: Reader) -> None:
    for number in range(FILES - 2):
        (folder / f"{number}.json").write_text(CLEAN, encoding="utf-8")
    main(["check", "--isolated", "--quiet", "--format", name, "--jobs", "1", "."], reader.stream, sys.stderr)
    assert reader.arrived[: FILES - 1] == [""] * (FILES - 1)
    assert f"{FILES - 2}.json" in reader.arrived[-1]
    assert reader.stream.getvalue() == output("--format", name, ".")
    assert max(reader.held) <= 1
    assert output("--quiet", "--format", name, "0.json", "1.json") == ""


@pytest.mark.usefixtures("folder")
def test_nothing_more_is_read_for_a_reader_who_has_had_enough(reader: Reader) -> None:
    with pytest.raises(BrokenPipeError):
        main(["check", "--isolated", "--jobs", "1", "."], Closed(), sys.stderr)
    assert len(reader.held) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize("name", ["text", "jsonl"])
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_pipe_that_ends_early_ends_the_check_quietly(name: str, processes: str, folder: Path) -> None:
    program = "import lstmlint.commands.jobs as jobs, lstmlint.cli as cli; jobs.WORTH_A_PROCESS = 1; cli.run()"
    command = '"$0" -c "$1" check --isolated --format "$2" --jobs "$3" "$4" | head -n 1'
    arguments = ["sh", "-c", command, sys.executable, program, name, processes, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    assert (ran.stderr, ran.stdout.count("\n")) == ("", 1)
    assert "0.json" in ran.stdout


@pytest.mark.usefixtures("folder")
def test_a_baseline_is_passed_file_by_file(reader: Reader) -> None:
    main(["baseline", "--isolated", "--jobs", "1", "."], io.StringIO(), io.StringIO())
    Path("3.json").write_text(CLEAN, encoding="utf-8")
    reader.held.clear()
    arguments = ["check", "--isolated", "--jobs", "1", "--baseline", "lstmlint-baseline.json", "."]
    assert main(arguments, reader.stream, sys.stderr) == 2  # one file cannot be read
    assert max(reader.held) <= 1
    lines = reader.stream.getvalue().splitlines()
    entries = json.loads(Path("lstmlint-baseline.json").read_text(encoding="utf-8"))["findings"]
    known = sum(entry["path"] == "3.json" for entry in entries)
    assert known == sum(line.startswith("gone since the baseline: 3.json") for line in lines) > 0
    assert "known to the baseline" in lines[-1]
