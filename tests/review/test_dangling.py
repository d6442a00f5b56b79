"""Two large models whose layers are called on layers that are missing: the work grows with the layers."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.ir.model import Layer, Model
from lstmlint.pipeline import model_of
from lstmlint.review.layers import rows


def dangling(size: int, missing: str) -> Model:
    """A functional model of as many layers, each called on another layer that is missing."""
    given: dict[str, Any] = {"class_name": "InputLayer", "name": "series", "inbound_nodes": []}
    layers = [{**given, "config": {"name": "series", "batch_input_shape": [None, 8]}}]
    for number in range(size):
        name, calls = f"layer_{number}", [[[f"{missing}_{number}", 0, 0, {}]]]
        config = {"name": name, "units": 4}
        layers.append({"class_name": "Dense", "name": name, "config": config, "inbound_nodes": calls})
    ends = {"input_layers": [["series", 0, 0]], "output_layers": [["layer_0", 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": "dangling", "layers": layers, **ends}}
    return model_of(Document("dangling.json", Container.JSON, config, keras_version="2.15.0"))


def test_the_classes_are_read_as_often_for_each_layer_of_a_large_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which layers are inputs is asked once for a model, not once for each missing layer."""
    reads = 0

    def counting(layer: Layer) -> str:
        nonlocal reads
        reads += 1
        return layer.node.class_name

    sizes = (50, 400)
    pairs = [(dangling(size, "missing"), dangling(size, "absent")) for size in sizes]
    monkeypatch.setattr(Layer, "class_name", property(counting))
    each = []
    for size, (old, new) in zip(sizes, pairs, strict=True):
        reads = 0
        assert len(rows(old, new)) == size + 1
        each.append(reads / size)
    small, large = each
    assert 0 < large <= 1.05 * small
