"""Repairs leave alone what is of another type than Keras writes."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.fixing.repairs.input_shapes import first_shape
from lstmlint.fixing.repairs.keras1_names import as_object


@pytest.mark.parametrize("layers", [{"a": 1}, "layers", 3, [], [None], [{"config": [1]}], [{"config": None}]], ids=str)
def test_a_nested_sequential_of_odd_layers_has_no_shape(layers: Any) -> None:
    nested = {"class_name": "Sequential", "config": {"name": "inner", "layers": layers}}
    assert first_shape({"layers": [nested]}) is None


@pytest.mark.parametrize("name", [["WeightRegularizer"], {"a": 1}, 3, None, "unknown"], ids=str)
def test_an_object_with_an_odd_name_stays(name: Any) -> None:
    assert as_object({"name": name, "l2": 0.1}) == {"name": name, "l2": 0.1}
