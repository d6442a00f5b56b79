"""Where generations of Keras differ: what the writer's version decides, held against real Keras where it can be run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import pytest

import lstmlint
from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import model_of
from tests.support.truth import FIXTURES


def sequential(version: str | None, *layers: dict[str, Any], **config: Any) -> Any:
    """The inferred model of a Sequential without an input layer."""
    serialized = {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers), **config}}
    return model_of(Document("s.json", Container.JSON, serialized, keras_version=version))


def first_layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": "first", "batch_input_shape": [None, 6, 3], **config}}


@pytest.mark.parametrize(
    ("version", "reset_after"),
    [("2.2.4", False), ("2.3.1", False), ("2.1.6-tf", False), ("2.2.4-tf", True), ("2.15.0", True), ("3.15.1", True)],
)
def test_gru_without_reset_after_is_read_as_its_writer_had_it(version: str, reset_after: bool) -> None:
    """Real Keras 2.3.1 counts 3 x units fewer than 2.15 and 3 for such a file (corpus file a650f24a0eb4)."""
    model = sequential(version, first_layer("GRU", units=4))
    twin = sequential(version, first_layer("GRU", units=4, reset_after=reset_after))
    assert model.params == twin.params == 3 * 4 * (3 + 4 + (2 if reset_after else 1))


@pytest.mark.parametrize(
    ("version", "activation"),
    [
        ("1.2.2", "hard_sigmoid"),
        ("2.2.4", "hard_sigmoid"),
        ("2.1.6-tf", "hard_sigmoid"),
        ("2.3.1", "sigmoid"),
        ("2.2.4-tf", "sigmoid"),
        ("2.15.0", "sigmoid"),
        ("3.0.0", "sigmoid"),
    ],
)
def test_gate_activation_of_the_writer_is_filled_in(version: str, activation: str) -> None:
    model = sequential(version, first_layer("LSTM", units=4, output_dim=4))
    assert model.layers[-1].config["recurrent_activation"] == activation


def test_recorded_build_shape_decides_the_weights_in_keras_3(tmp_path: Path) -> None:
    """With the input edited from 2 to 5 features, Keras 3 still builds the kernel that it recorded."""
    text = (FIXTURES / "keras-3.15.1" / "lstm-72.json").read_text(encoding="utf-8")
    config = json.loads(text)
    config["config"]["layers"][0]["config"]["batch_shape"] = [None, 4, 5]
    del config["config"]["build_input_shape"]
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    theirs = keras.models.model_from_json(path.read_text(encoding="utf-8"))
    ours = lstmlint.load(str(path))
    assert ours.params == theirs.count_params()
    del config["config"]["layers"][1]["build_config"]
    path.write_text(json.dumps(config), encoding="utf-8")
    theirs = keras.models.model_from_json(path.read_text(encoding="utf-8"))
    assert lstmlint.load(str(path)).params == theirs.count_params() != ours.params


@pytest.mark.parametrize(
    ("key", "major"),
    [
        ({"units": 4, "inner_activation": "tanh"}, 1),
        ({"units": 4}, 2),
        ({"units": 4, "time_major": False}, 2),
    ],
)
def test_a_file_without_a_version_is_told_by_its_keys(key: dict[str, Any], major: int) -> None:
    model = sequential(None, first_layer("LSTM", **key))
    assert model.graph.semantics.separate_gate_weights is (major == 1)
    assert model.graph.semantics.nested_cell_states is ("time_major" in key)


def test_time_major_input_has_the_timesteps_first() -> None:
    sequence = first_layer("LSTM", units=4, time_major=True, return_sequences=True)
    sequence["config"]["batch_input_shape"] = [6, None, 3]
    assert sequential("2.15.0", sequence).outputs == (6, None, 4)
