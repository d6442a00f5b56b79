"""Odd configs in JSON: what lstmlint says of them is what real Kerases said (`tests/data/odd_configs.jsonl`).

`fixtures/scripts/versions/odd_merge.py` says what its lines hold.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from tests import loads_table
from tests.support.truth import FIXTURES, ROOT

DATA = ROOT / "tests/data/odd_configs.jsonl"

#: What is not followed: a momentum as text in two Kerases, and which of two faults of an Embedding comes first.
OTHER = {
    ("tf-keras-2.0", "keras-2.3.1-batch-normalization-BatchNormalization-1-momentum.json"),
    ("tf-keras-2.0", "keras-2.3.1-batch-normalization-BatchNormalization-2-momentum.json"),
    ("keras-1.2", "keras-1.2.2-batch-normalization-BatchNormalization-1-momentum.json"),
    ("keras-2.3", "keras-1.2.2-sentiment-Embedding-0-input_dim.json"),
    ("keras-2.3", "keras-1.2.2-sentiment-Embedding-0-output_dim.json"),
}


@cache
def lines() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines())


@cache
def made() -> Mapping[str, str]:
    """The texts that a script makes from the fixtures, by their names."""
    path = FIXTURES / "scripts/versions/odd_make.py"
    spec = util.spec_from_file_location("odd_make", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules["odd_make"] = module
    spec.loader.exec_module(module)
    return dict(module.made(FIXTURES))


def cases(folder: Path) -> Iterator[loads_table.Case]:
    """Each odd config with what each Keras says of it."""
    head = lines()[0]
    for line in lines()[1:]:
        path = folder / line["file"]
        path.write_text(line.get("text") or made()[line["file"]], encoding="utf-8")
        for version, number in zip(head["versions"], line["says"], strict=True):
            text = "" if number is None else head["messages"][number]
            message = text.partition(": ")[2] + (loads_table.CUT if len(text) >= loads_table.LONGEST else "")
            truth = loads_table.LOADS if number is None else loads_table.FAILS
            yield loads_table.Case(path.name, str(path), version.rpartition(".")[0], truth, message, is_config=False)


def is_right(case: loads_table.Case) -> bool:
    found = loads_table.judged(case)
    assert not isinstance(found, str)
    said = loads_table.SAID.get(found.outcome, loads_table.LOADS)
    told = found.reason.message if found.reason else ""
    return said == case.truth and (said == loads_table.LOADS or loads_table.same_cause(told, case))


def test_odd_configs_load_or_fail_with_the_sentence_of_each_keras(tmp_path: Path) -> None:
    every = list(cases(tmp_path))
    assert len(every) > 2000
    assert {(case.target, case.name) for case in every if not is_right(case)} == OTHER


@pytest.mark.parametrize("oddity", ["twice", "units", "rate", "dtype", "spectral", "custom", "registered"])
def test_each_oddity_is_refused_by_some_keras(oddity: str) -> None:
    assert any(isinstance(said, int) for line in lines()[1:] if oddity in line["file"] for said in line["says"])
