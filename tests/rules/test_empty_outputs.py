"""Whether nothing left of an input is an error, held against what Keras 1.2.2, 2.3.1, 2.15.0 and 3.15.1 made of it.

`fixtures/scripts/make_empty_facts.py` recorded whether each refuses a model, makes it, or makes and runs it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.ir.finding import Severity
from lstmlint.keras.classes import traits_of
from tests.support.truth import ROOT

VERSIONS = ("1.2.2", "2.3.1", "2.15.0", "3.15.1")


@cache
def records(version: str) -> tuple[Any, ...]:
    lines = (ROOT / "tests" / "data" / f"empty-{version}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(map(json.loads, lines))


def judged(record: Any, path: Path) -> lstmlint.Report:
    path.write_text(json.dumps(record["model"]), encoding="utf-8")
    return lstmlint.analyze(str(path))


def said(report: lstmlint.Report) -> Iterator[str]:
    return (f"{one.severity.name} {one.rule}" for one in report.diagnostics)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_keras_runs_is_no_error(version: str, tmp_path: Path) -> None:
    for record in records(version):
        report = judged(record, tmp_path / "model.json")
        errors = [one for one in report.diagnostics if one.severity is Severity.ERROR]
        if record["says"] == "runs":
            assert errors == [], record["model"]
        # What is empty from the beginning is refused by some layers that leave it as long as it is.
        if record["says"] == "refused" and 0 not in report.model.inputs:
            assert errors, record["model"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_recurrent_layer_over_no_timestep_is_an_error(version: str, tmp_path: Path) -> None:
    """No Keras could run one: it refused to make it, or to call it."""
    tried = 0
    for record in records(version):
        report = judged(record, tmp_path / "model.json")
        if 0 in report.model.inputs and traits_of(report.model.layers[-1].class_name).is_recurrent:
            assert record["says"] != "runs"
            assert "ERROR non-positive-dim" in set(said(report))
            tried += 1
    assert tried > 1


@pytest.mark.parametrize("version", VERSIONS)
def test_an_empty_output_is_told_at_least(version: str, tmp_path: Path) -> None:
    for record in records(version):
        if record["says"] == "runs":
            report = judged(record, tmp_path / "model.json")
            is_empty = any(isinstance(dim, int) and dim <= 0 for dim in report.model.outputs)
            assert is_empty == ("WARNING non-positive-dim" in set(said(report))), record["model"]
