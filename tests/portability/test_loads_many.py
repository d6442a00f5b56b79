"""`lstmlint loads` on many files: the tally at its end, and the formats for programs."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.face.test_cli import run
from tests.support.commands import validated
from tests.support.truth import FIXTURES

#: Files that load in different versions, and one that no version is asked about.
FILES = ("keras-1.2.2/lstm-72.h5", "keras-2.15.0/lstm-72.h5", "keras-3.15.1/lstm-72.keras", "broken/empty.h5")
TARGETS = ("keras-1.2", "tf-keras-2.14", "tf-keras-2.15", "keras-3.15")
ASKED = [f"--target={target}" for target in TARGETS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(FIXTURES / name, tmp_path / name.replace("/", "-"))
    return tmp_path


def outcomes(folder: Path) -> dict[tuple[str, str], str]:
    """File and target -> outcome, as JSON has it."""
    files: list[dict[str, Any]] = json.loads(run("loads", "--format", "json", *ASKED, str(folder))[1])["files"]
    return {(file["path"], one["target"]): one["outcome"] for file in files for one in file["verdicts"]}


def test_the_tally_counts_the_outcomes_of_each_version(folder: Path) -> None:
    status, output, errors = run("loads", *ASKED, str(folder))
    assert (status, errors.count("\n")) == (2, 1)
    lines = output.splitlines()
    assert lines[-1] == "3 models read; 1 path could not be read"
    head = max(at for at, line in enumerate(lines) if line.startswith("---"))
    told = {line[:-1].split("  ")[0]: line.split()[-2:] for line in lines[head + 1 : -2]}
    counts = Counter((target, outcome) for (_, target), outcome in outcomes(folder).items())
    assert lines[head - 1].split() == ["loads", "fails"]
    assert list(told) == ["keras-1.2 to 3.15", "tf-keras-2.14 to 2.15"]
    for span, first in zip(told, ("keras-1.2", "tf-keras-2.14"), strict=True):
        assert told[span] == [str(counts[first, outcome]) for outcome in ("loads", "fails")]


def test_one_file_has_no_tally(folder: Path) -> None:
    assert "read" not in run("loads", *ASKED, str(folder / "keras-3.15.1-lstm-72.keras"))[1].splitlines()[-1]


def test_files_that_are_all_unreadable_have_no_table(tmp_path: Path) -> None:
    for name in ("a.h5", "b.h5"):
        (tmp_path / name).touch()
    assert run("loads", str(tmp_path))[:2] == (2, "0 models read; 2 paths could not be read\n")


def test_each_line_of_json_lines_is_the_json_of_a_file(folder: Path) -> None:
    lines = [json.loads(line) for line in run("loads", "--format", "jsonl", *ASKED, str(folder))[1].splitlines()]
    whole = json.loads(run("loads", "--format", "json", *ASKED, str(folder))[1])
    for line in lines:
        validated("loads", line)
    assert [file for line in lines for file in line["files"]] == whole["files"]


def test_csv_has_a_row_for_each_file_and_version(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("loads", "--format", "csv", *ASKED, str(folder))[1])))
    assert {(row["path"], row["target"]): row["outcome"] for row in rows} == outcomes(folder)
    assert all(bool(row["rule"] and row["message"] and row["cure"]) == (row["outcome"] != "loads") for row in rows)


def test_several_processes_tell_the_same(folder: Path) -> None:
    for number in range(200):
        shutil.copy(FIXTURES / "keras-2.3.1/lstm-72.json", folder / f"{number:03}.json")
    one, two = (run("loads", f"--jobs={jobs}", *ASKED, str(folder)) for jobs in (1, 2))
    assert one == two
    assert one[1].endswith("203 models read; 1 path could not be read\n")
