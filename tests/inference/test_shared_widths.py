"""A layer that is called a second time, held against what Keras 2.3.1, 2.15.0 and 3.15.1 made of it.

`fixtures/scripts/make_sharing_facts.py` recorded whether each refuses the model, makes it, or makes and runs it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.ir.finding import Severity
from lstmlint.ir.shape import Unknown
from tests.support.truth import ROOT

VERSIONS = ("2.3.1", "2.15.0", "3.15.1")

#: What is refused for another reason than the weights. A `TimeDistributed` of Keras 2.3 keeps the length of its input.
OTHER_REASON = {("2.3.1", "TimeDistributed")}


@cache
def records(version: str) -> tuple[Any, ...]:
    lines = (ROOT / "tests" / "data" / f"sharing-{version}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(map(json.loads, lines))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_second_call_that_keras_does_not_run_is_refused(version: str, tmp_path: Path) -> None:
    """What Keras 3 makes and then cannot run is no model either."""
    for record in records(version):
        (tmp_path / "model.json").write_text(json.dumps(record["model"]), encoding="utf-8")
        report = lstmlint.analyze(str(tmp_path / "model.json"))
        errors = [one for one in report.diagnostics if one.severity is Severity.ERROR]
        shared = report.model.by_name["shared"]
        if record["says"] == "runs":
            assert errors == [], record["model"]
        elif (version, shared.class_name) not in OTHER_REASON:
            assert [one.rule for one in errors] == ["layer-rank-or-merge-mismatch"], record["model"]
            second = shared.calls[1].outputs
            assert isinstance(second, Unknown)
            assert second.is_refusal


@pytest.mark.parametrize("version", VERSIONS)
def test_each_way_is_recorded(version: str) -> None:
    assert {record["says"] for record in records(version)} >= {"runs", "refused"}
    assert len(records(version)) > 25
