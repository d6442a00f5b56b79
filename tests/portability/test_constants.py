"""Recurrent layers that are called with constants: what loading and calling them gives, and what `fix` says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy
import pytest

import lstmlint
from lstmlint.keras.versions import TARGETS
from lstmlint.portability.verdict import Outcome, verdict

#: What tf.keras 2.15.1 raised as it loaded such models from JSON, H5 and `.keras`.
SAYS_2_15 = {
    "initial_state": "'float' object has no attribute 'shape'",
    "mask": "'list' object has no attribute 'dtype'",
}
CONSTANTS = {"initial_state": [[0.5, 0.0]] * 2, "mask": [[True, True, False]] * 2}


def model(class_name: str, argument: str, value: Any) -> dict[str, Any]:
    """A model of two rows of three steps, as tf.keras 2.15 writes it."""
    given = {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [2, 3, 2]}}
    called: dict[str, Any] = {"class_name": class_name, "name": "y", "config": {"name": "y", "units": 2}}
    called["inbound_nodes"] = [[["x", 0, 0, {argument: value}]]]
    layers: list[Any] = [{**given, "inbound_nodes": []}, called]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}
    return {"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "m", "layers": layers, **ends}}


def written(path: Path, *arguments: Any) -> str:
    path.write_text(json.dumps(model(*arguments)), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("argument", CONSTANTS)
def test_tensorflow_calls_while_it_loads(argument: str, tmp_path: Path) -> None:
    loaded = lstmlint.load(written(tmp_path / "model.json", "GRU", argument, CONSTANTS[argument]))
    found = verdict(loaded, TARGETS["tf-keras-2.15"])
    assert found.outcome is Outcome.FAILS
    assert found.reason is not None
    assert SAYS_2_15[argument] in found.reason.message


STATES = {"rows": [[[0.5, 0.5]] * 2], "one row": [[[0.5, 0.5]]]}


def repaired(folder: Path, *arguments: Any, **config: Any) -> tuple[lstmlint.Fix, keras.Model]:
    """What `fix` makes of a model of tf.keras, and says of it."""
    old = model(*arguments)
    old["config"]["layers"][1]["config"] |= config
    path = folder / "model.json"
    path.write_text(json.dumps(old), encoding="utf-8")
    fixed = lstmlint.fix(str(path), str(folder / "fixed.json"))
    return fixed, keras.models.model_from_json((folder / "fixed.json").read_text(encoding="utf-8"))


def runs(made: keras.Model) -> bool:
    try:
        made.predict(numpy.zeros((2, 3, 2)), verbose=0)
    except (TypeError, ValueError, IndexError):
        return False
    return True


@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("class_name", ["LSTM", "GRU", "SimpleRNN"])
def test_what_fix_writes_and_keras_3_cannot_call(class_name: str, state: str, unroll: bool, tmp_path: Path) -> None:
    states = STATES[state] * (2 if class_name == "LSTM" else 1)
    fixed, made = repaired(tmp_path, class_name, "initial_state", states, unroll=unroll)
    assert ("constant-argument" in {one.repair for one in fixed.left}) == (not runs(made))


def test_keras_3_takes_a_constant_mask(tmp_path: Path) -> None:
    fixed, made = repaired(tmp_path, "LSTM", "mask", CONSTANTS["mask"])
    assert fixed.left == ()
    assert runs(made)
