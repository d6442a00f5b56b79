"""Single layers as other Keras than the installed one built and saved them: `fixtures/scripts/make_layers.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint.ir.shape import Unknown, to_json
from lstmlint.output.text.summary import unknown_reasons
from lstmlint.pipeline import load
from tests.support.truth import FIXTURES

FOLDER = FIXTURES / "layers"

#: What cannot be known of a layer, by Keras version and what its text holds, and why.
UNKNOWN = {
    ("keras-1.2.2", "ParametricSoftplus("): "its config does not tell which axes share their slopes",
    ("keras-1.2.2", "SReLU("): "its config does not tell which axes share their slopes",
    ("keras-2.15.0", "Discretization(num_bins=4, output_mode='int'"): "its summary grows with the data",
    (
        "keras-2.15.0",
        "Discretization(num_bins=4, output_mode='o",
    ): "its bins follow from the data that it was adapted to",
}


def recorded() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            yield pytest.param(file.stem, entry, id=f"{file.stem}: {entry['layer']}".replace(" ", ""))


@pytest.mark.parametrize(("version", "entry"), list(recorded()))
def test_recorded_layer(version: str, entry: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(entry["model"]), encoding="utf-8")
    layer = load(str(path)).summary_layers[-1]
    weights = (
        layer.weights if isinstance(layer.weights, Unknown) else [to_json(weight.shape) for weight in layer.weights]
    )
    given = {"output_shape": to_json(layer.outputs), "weights": weights, "params": layer.params}
    counted = [shape for shape in entry["weights"] if None not in shape]  # state of a lookup counts nothing
    expected = {**entry, "weights": counted}
    differing = {key for key in given if given[key] != expected[key]}
    assert all(isinstance(given[key], Unknown) or given[key] == "unknown" for key in differing), given
    reasons = {why for (of, text), why in UNKNOWN.items() if of == version and text in entry["layer"]}
    assert set(unknown_reasons(layer)) == reasons
    assert bool(differing) == bool(reasons)
