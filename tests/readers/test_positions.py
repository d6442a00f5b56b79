"""Lines and columns are those of the file itself, wherever in its JSON the model lies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmlint.ir.document import Position
from lstmlint.pipeline import analyze
from lstmlint.readers.spans import position, positions_of

BROKEN: dict[str, Any] = {
    "class_name": "Sequential",
    "config": {"name": "short", "layers": [
        {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 5, 3]}},
        {"class_name": "Conv1D", "config": {"name": "conv", "filters": 2, "kernel_size": [7], "padding": "valid"}},
        {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}]},
}  # fmt: skip

JAVASCRIPT: dict[str, Any] = {
    "className": "Sequential",
    "config": {"name": "short", "layers": [
        {"className": "InputLayer", "config": {"name": "series", "batchInputShape": [None, 5, 3]}},
        {"className": "Conv1D", "config": {"name": "conv", "filters": 2, "kernelSize": [7], "padding": "valid"}},
        {"className": "LSTM", "config": {"name": "lstm", "units": 4}}]},
}  # fmt: skip

FORMS: dict[str, Any] = {
    "alone": {**BROKEN, "keras_version": "2.15.0"},
    "in another object": {"keras_version": "2.15.0", "model_config": BROKEN},
    "topology": {"format": "layers-model", "modelTopology": {**BROKEN, "keras_version": "2.15.0"}},
    "topology around a model": {
        "format": "layers-model", "modelTopology": {"keras_version": "2.15.0", "model_config": BROKEN},
    },
    "topology in JavaScript's names": {"modelTopology": {"kerasVersion": "2.15.0", "modelConfig": JAVASCRIPT}},
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("indent", [None, 2])
def test_finding_stands_where_its_layer_does(name: str, indent: int | None, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(FORMS[name], indent=indent), encoding="utf-8")
    analysis = analyze(str(path))
    (location,) = (found.finding.location for found in analysis.diagnostics if found.rule == "non-positive-dim")
    at = positions_of(analysis.document, (location.pointer,))[location.pointer]
    rest = path.read_text(encoding="utf-8").splitlines()[at.line - 1 :]
    object_there, _ = json.JSONDecoder().raw_decode("\n".join([rest[0][at.column - 1 :], *rest[1:]]))
    assert object_there["config"]["name"] == "conv"


def test_a_key_that_is_there_goes_before_its_other_spelling() -> None:
    assert position('{"batch_size": 1, "batchSize": 2}', ("batch_size",)) == Position(1, 16)
    assert position('{"batchSize": 1, "batch_size": 2}', ("batch_size",)) == Position(1, 32)
    assert position('{"batchSize": 1}', ("batch_size",)) == Position(1, 15)
