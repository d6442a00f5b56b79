"""`fix` reads what it wrote as today's Keras would, and what still stops that is left for the user."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import keras
import pytest

import lstmlint
from lstmlint import cli
from lstmlint.ir.document import FileError
from lstmlint.settings.settings import Settings
from tests.support.truth import FIXTURES


def written(folder: Path, **config: Any) -> Path:
    names = {"module": "keras.layers", "registered_name": None}
    entry = {"name": "steps", "batch_shape": [None, 5, 3], "dtype": "float32"}
    layers = [
        {"class_name": "InputLayer", "config": entry, **names},
        {"class_name": "LSTM", "config": {"name": "lstm", "units": 2, **config}, **names},
    ]
    model = {"class_name": "Sequential", "module": "keras", "registered_name": None}
    path = folder / "old.json"
    path.write_text(json.dumps({**model, "config": {"name": "model", "layers": layers}}))
    return path


@pytest.mark.parametrize("config", [{"activation": "swiglu_of_mine"}, {"rank": 2}, {}])
def test_what_keras_still_refuses_is_left(config: dict[str, Any], tmp_path: Path) -> None:
    old, new = written(tmp_path, **config), tmp_path / "new.json"
    stdout, stderr = io.StringIO(), io.StringIO()
    status = cli.main(["fix", str(old), "-o", str(new), "--isolated"], stdout, stderr)
    assert status == (1 if config else 0), (stdout.getvalue(), stderr.getvalue())
    assert ("left for you:" in stdout.getvalue()) is bool(config)
    assert not new.exists()  # nothing was repaired
    if config:
        with pytest.raises((ValueError, TypeError)):
            keras.models.model_from_json(old.read_text(encoding="utf-8"))
    else:
        keras.models.model_from_json(old.read_text(encoding="utf-8"))
    again = lstmlint.fix(old, tmp_path / "again.json")
    assert bool(again.left) is bool(config)
    assert len(again.to_dict()["left"]) == len(again.left)


def test_the_dtype_float_is_written_in_full(tmp_path: Path) -> None:
    """TensorFlow took it for float32, and Keras 3 refuses it."""
    old, new = written(tmp_path, dtype="float"), tmp_path / "new.json"
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(old.read_text(encoding="utf-8"))
    assert not lstmlint.fix(old, new).left
    assert keras.models.model_from_json(new.read_text(encoding="utf-8")).get_layer("lstm").dtype == "float32"


def test_errors_that_stay_are_left(tmp_path: Path) -> None:
    """Today's Keras is the witness: it cannot build what is left."""
    new = tmp_path / "new.json"
    found = lstmlint.fix(FIXTURES / "broken/missing-return-sequences.json", new)
    assert found.changes
    assert "missing-return-sequences" in {note.repair for note in found.left}
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        keras.models.model_from_json(new.read_text(encoding="utf-8"))


def test_what_the_settings_ignore_is_not_left(tmp_path: Path) -> None:
    ignoring = Settings(ignore=("missing-return-sequences",))
    found = lstmlint.fix(FIXTURES / "broken/missing-return-sequences.json", tmp_path / "a.json", settings=ignoring)
    assert "missing-return-sequences" not in {note.repair for note in found.left}


def test_taught_layers_count_in_what_was_written(tmp_path: Path) -> None:
    """A custom layer that gives one vector keeps the next from its sequence, and only who is taught that knows."""
    names = {"module": "keras.layers", "registered_name": None}
    entry = {"name": "steps", "batch_input_shape": [None, 5, 3], "dtype": "float32"}
    pool = {"class_name": "LastStep", "config": {"name": "last"}, "module": "mine", "registered_name": "mine>LastStep"}
    layers = [
        {"class_name": "InputLayer", "config": entry, **names},
        pool,
        {"class_name": "LSTM", "config": {"name": "lstm", "units": 2}, **names},
    ]
    model = {"class_name": "Sequential", "config": {"name": "model", "layers": layers}, "keras_version": "2.15.0"}
    old = tmp_path / "old.json"
    old.write_text(json.dumps(model))
    taught = Settings(layers={"LastStep": "(batch, features)"})
    left = [
        {note.layer for note in lstmlint.fix(old, tmp_path / f"{name}.json", settings=settings).left}
        for name, settings in (("untaught", Settings()), ("taught", taught))
    ]
    assert left == [{"last"}, {"last", "lstm"}]


@pytest.mark.parametrize(("name", "suffix", "said"), [
    ("keras-2.3.1/lstm-72.json", ".keras", "holds no weights; name their file with --weights"),
    ("broken/weights-only.h5", ".keras", "holds weights and no architecture"),
])  # fmt: skip
def test_what_the_file_lacks_is_said_of_the_file(name: str, suffix: str, said: str, tmp_path: Path) -> None:
    stdout, stderr = io.StringIO(), io.StringIO()
    new = tmp_path / f"new{suffix}"
    assert cli.main(["fix", str(FIXTURES / name), "-o", str(new), "--isolated"], stdout, stderr) == 2
    assert stderr.getvalue().startswith(f"{FIXTURES / name}: error: {said}")
    with pytest.raises(FileError) as caught:
        lstmlint.fix(FIXTURES / name, new)
    assert caught.value.path == str(FIXTURES / name)


def test_held_back_says_whether_predictions_change(tmp_path: Path) -> None:
    found = str(lstmlint.fix(FIXTURES / "keras-2.3.1/convlstm.h5", tmp_path / "new.keras"))
    assert "held back" in found
    assert "Predictions are the old ones with and without it" in found


#: Layers as activations, as the metadata of a SavedModel of tf.keras 2.15 has them: without modules.
ACTIVATIONS = [
    {"class_name": "LeakyReLU", "config": {"name": "a", "trainable": True, "dtype": "float32", "alpha": 0.2}},
    {"class_name": "ThresholdedReLU", "config": {"name": "a", "trainable": True, "dtype": "float32", "theta": 0.5}},
    {"class_name": "Softmax", "config": {"name": "a", "trainable": True, "dtype": "float32", "axis": -1}},
]


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda value: value["class_name"])
def test_a_layer_as_activation_gets_its_module(activation: dict[str, Any], tmp_path: Path) -> None:
    old, new = written(tmp_path, activation=activation), tmp_path / "new.json"
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(old.read_text(encoding="utf-8"))
    assert not lstmlint.fix(old, new).left
    model = keras.models.model_from_json(new.read_text(encoding="utf-8"))
    assert model.get_layer("lstm").activation.__class__.__name__ in ("LeakyReLU", "ReLU", "Softmax")


def test_a_rate_as_text_becomes_a_number(tmp_path: Path) -> None:
    old, new = written(tmp_path), tmp_path / "new.json"
    config = json.loads(old.read_text())
    optimizer = {"module": "keras.optimizers", "class_name": "Adam", "registered_name": None}
    compiled = {"optimizer": {**optimizer, "config": {"learning_rate": "0.001", "name": "adam"}}, "loss": "mse"}
    old.write_text(json.dumps({**config, "compile_config": compiled}))
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(old.read_text(encoding="utf-8"))
    assert not lstmlint.fix(old, new).left
    assert float(keras.models.model_from_json(new.read_text()).optimizer.learning_rate) == pytest.approx(0.001)


@pytest.mark.parametrize("key", ["kernel_regularizer", "kernel_constraint", "kernel_initializer"])
def test_objects_of_others_are_left_in_one_line(key: str, tmp_path: Path) -> None:
    theirs: dict[str, Any] = {"class_name": "Mine", "config": {}, "module": None, "registered_name": "Mine"}
    found = lstmlint.fix(written(tmp_path, **{key: theirs}, implementation=1, dropout=0.1), tmp_path / "new.json")
    assert [note.message for note in found.left] == [f"its {key} 'Mine' is not Keras' own; give it in custom_objects"]
