"""Repairs leave alone what is of another type than Keras writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.fixing.repairs.input_shapes import first_shape
from lstmlint.fixing.repairs.keras1_names import as_object


@pytest.mark.parametrize("layers", [{"a": 1}, "layers", 3, [], [None], [{"config": [1]}], [{"config": None}]], ids=str)
def test_a_nested_sequential_of_odd_layers_has_no_shape(layers: Any) -> None:
    nested = {"class_name": "Sequential", "config": {"name": "inner", "layers": layers}}
    assert first_shape({"layers": [nested]}) is None


@pytest.mark.parametrize("name", [["WeightRegularizer"], {"a": 1}, 3, None, "unknown"], ids=str)
def test_an_object_with_an_odd_name_stays(name: Any) -> None:
    assert as_object({"name": name, "l2": 0.1}) == {"name": name, "l2": 0.1}


def test_the_repair_of_a_layer_without_a_config_can_be_written_as_json(tmp_path: Path) -> None:
    layers = [
        {"class_name": "Dense", "config": {"name": "dense", "output_dim": 3, "input_dim": 4}},
        {"class_name": "LSTM"},
    ]
    path = tmp_path / "model.json"
    path.write_text(
        json.dumps({"class_name": "Sequential", "config": layers, "keras_version": "1.2.2"}), encoding="utf-8"
    )
    changes = json.loads(json.dumps(lstmlint.fix(path).to_dict()))["changes"]
    assert [one["before"] for one in changes if one["pointer"] == ["config", "layers", 1, "config"]] == [{}]
