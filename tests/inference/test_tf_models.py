"""Small models of tf.keras 2.15: their outputs and weights, or its refusal, as `data/make_tf_models.py` saw them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

import lstmlint
from lstmlint.ir.finding import Severity
from lstmlint.ir.shape import Dim, Unknown, leaves, to_json

LINES = (Path(__file__).parent.parent / "data" / "tf_models.jsonl").read_text(encoding="utf-8").splitlines()
MODELS = [json.loads(line) for line in LINES]

#: The rule that warns of an empty output which Keras makes.
EMPTY = "non-positive-dim"


@pytest.mark.parametrize("at", range(len(MODELS)), ids=lambda at: f"{at}-{MODELS[at]['name']}")
def test_model(at: int, tmp_path: Path) -> None:
    recorded = MODELS[at]
    path = tmp_path / "model.json"
    path.write_text(json.dumps(recorded["model"]), encoding="utf-8")
    model = lstmlint.load(str(path))
    said = lstmlint.analyze(str(path)).diagnostics
    assert any(one.severity is Severity.ERROR for one in said) == (recorded["outputs"] is None)
    assert not _is_exhausted((recorded["outputs"] or [()])[0]) or any(one.rule == EMPTY for one in said)
    if recorded["outputs"] is None:  # what shrinks to nothing is given as computed, and a rule reports it
        assert all(isinstance(shape, Unknown) or _is_exhausted(shape) for shape in leaves(model.outputs))
        return
    assert [to_json(shape) for shape in leaves(model.outputs)] == recorded["outputs"]
    layer = model.layers[-1]
    assert not isinstance(layer.weights, Unknown)
    assert [[list(weight.shape), layer.trains(weight)] for weight in layer.weights] == recorded["weights"]


def _is_exhausted(shape: Iterable[Dim]) -> bool:
    return any(isinstance(size, int) and size <= 0 for size in shape)
