"""What standalone versions of Keras 2 state otherwise than others, as `data/make_keras2_states.py` saw it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lstmlint
from lstmlint.ir.shape import leaves, to_json

LINES = (Path(__file__).parent.parent / "data" / "keras2_states.jsonl").read_text(encoding="utf-8").splitlines()
MODELS = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("at", range(len(MODELS)), ids=lambda at: f"{at}-{MODELS[at]['model']['keras_version']}")
def test_stated_outputs(at: int, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(MODELS[at]["model"]), encoding="utf-8")
    outputs = lstmlint.load(str(path)).layers[-1].outputs
    assert [to_json(shape) for shape in leaves(outputs)] == MODELS[at]["outputs"]
