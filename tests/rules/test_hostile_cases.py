"""The hostile cases beside the checkout: each is flagged or refused, and what is healthy is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmlint.ir.finding import Severity
from lstmlint.linting.report import FileReport, Status
from lstmlint.pipeline import Job, check
from lstmlint.readers.files import InputFile
from tests.support.truth import CORPUS, ROOT

CASES = ROOT.parent / "shared" / "cases" / "hostile"
INERT = "healthy or inert"

#: Inert as they lie, and reported all the same. Keras 3.0.5, 3.8.0 and 3.15.1 refuse the two functions, of a module
#: whose name is spelled with a Cyrillic letter and of a package beside Keras, only where these cannot be imported: they
#: get a warning. tf.keras 2.9.3 and 2.15.1 make the ReadFile of the TensorFlow node, and stop at the shape of its input
#: alone; a twin with a scalar input reads a file when it is called. No Keras takes the JSON in JSON, whose bytecode is
#: there for whoever unwraps it as the finding on the JSON advises.
REPORTED = {"mod-conf.keras", "mod-kcv.keras", "tfop2.h5", "mctwice.h5"}


def index() -> list[dict[str, Any]]:
    path = CASES / "index.json"
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return entries


def report(path: Path) -> FileReport:
    return check(Job(InputFile(str(path))))


def grave(path: Path) -> list[str]:
    """The findings of security that are more than a note."""
    found = report(path).diagnostics
    return [one.rule for one in found if one.category == "security" and one.severity is not Severity.NOTE]


@pytest.mark.parametrize("entry", [one for one in index() if one["what"] != INERT], ids=lambda one: one["file"])
def test_a_hostile_file_is_flagged_or_refused(entry: dict[str, Any]) -> None:
    path = CASES / entry["file"]
    assert grave(path) or report(path).status is Status.ERROR


@pytest.mark.parametrize("entry", [one for one in index() if one["what"] == INERT], ids=lambda one: one["file"])
def test_what_is_healthy_or_inert_is_left_alone(entry: dict[str, Any]) -> None:
    assert bool(grave(CASES / entry["file"])) == (entry["file"] in REPORTED)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus does not lie beside the checkout")
def test_nothing_but_bytecode_is_an_error_in_the_corpus() -> None:
    for path in sorted((CORPUS / "files").iterdir()):
        errors = {
            one.rule
            for one in report(path).diagnostics
            if one.category == "security" and one.severity is Severity.ERROR
        }
        assert errors <= {"lambda-bytecode"}, path
