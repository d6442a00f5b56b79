"""The end of a long list of findings: a table by rule, and options that really show less."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from lstmlint.output.formats.text import MOST_WITHOUT_TABLE
from tests.face.test_cli import run
from tests.support.truth import FIXTURES

#: An error and notes for each file.
FAULTY = FIXTURES / "keras-2.15.0/lambda.h5"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Copies with one finding more in all than are told without a table."""
    each = len(found(FAULTY))
    for number in range(MOST_WITHOUT_TABLE // each + 1):
        shutil.copy(FAULTY, tmp_path / f"{number}.h5")
    return tmp_path


def found(path: Path, *arguments: str) -> list[tuple[str, str]]:
    """The rule and severity of each finding."""
    content = json.loads(run("check", "--format", "json", *arguments, str(path))[1])
    return [(one["rule"], one["severity"]) for file in content["files"] for one in file["findings"]]


def is_row(words: list[str]) -> bool:
    return len(words) == 4 and words[0].isdigit()


def ending(path: Path, *arguments: str) -> list[str]:
    return run("check", *arguments, str(path))[1].partition("  Findings")[2].splitlines()


def test_the_table_counts_the_findings_and_files_of_each_rule(many: Path) -> None:
    rows = [line.split() for line in ending(many)[2:]]
    told = {(rule, severity): int(number) for number, _, rule, severity in (row for row in rows if is_row(row))}
    assert told == Counter(found(many))
    assert {row[1] for row in filter(is_row, rows)} == {str(len(list(many.iterdir())))}
    assert ending(many)[-1].endswith("models")


def test_each_option_of_the_hint_shows_less(many: Path) -> None:
    everything = found(many)
    options = [re.split(r"  +", line.strip())[0] for line in ending(many) if line.startswith("  --")]
    narrowed = {option: found(many, *option.split()) for option in options if option.startswith(("--sel", "--min"))}
    assert {option.split()[0] for option in narrowed} == {"--select", "--min-severity"}
    for option, left in narrowed.items():
        assert 0 < len(left) < len(everything), option
    assert {"--statistics", "--baseline FILE"} < set(options)
    ignored = next(line for line in ending(many) if "--ignore" in line)
    rule = re.search(r"--ignore (\S+)", ignored)
    assert rule is not None
    assert 0 < len(found(many, "--ignore", rule[1])) < len(everything)


def test_few_findings_have_no_table(many: Path) -> None:
    each = len(found(FAULTY))
    while len(list(many.iterdir())) * each > MOST_WITHOUT_TABLE:
        next(many.iterdir()).unlink()
    assert ending(many) == []


def test_errors_alone_are_not_narrowed_by_severity(many: Path) -> None:
    errors = [one for one in found(many) if one[1] == "error"]
    for number in range(MOST_WITHOUT_TABLE - len(errors) + 1):
        shutil.copy(FAULTY, many / f"more-{number}.h5")
    told = ending(many, "--min-severity", "error")
    assert told
    assert not [line for line in told if "--min-severity" in line]
