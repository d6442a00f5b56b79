"""Groups of an archive for the layers of a config, held against what real Keras writes."""

from __future__ import annotations

from pathlib import Path

import keras

from lstmlint.analyses import expected
from lstmlint.pipeline import analyze

L = keras.layers


def test_layers_of_pipelines_are_stored_by_class(tmp_path: Path) -> None:
    inner = L.Pipeline([L.Dense(3), L.Dense(2)])
    model = keras.Sequential([keras.Input((8, 8, 3)), L.Pipeline([L.Conv2D(4, 3), inner, L.Conv2D(2, 1)])])
    model(keras.ops.ones((1, 8, 8, 3)))
    model.save(tmp_path / "pipelines.keras")
    analysis = analyze(str(tmp_path / "pipelines.keras"))
    stored = {
        tensor.place.partition("/vars")[0] for group in analysis.document.stored or () for tensor in group.tensors
    }
    assert len(stored) == 4
    assert {group for owner in expected.owners(analysis.model) for group in owner.groups if owner.weights} == stored
    assert [one.rule for one in analysis.diagnostics if one.severity == "error"] == []
