"""Rules on stored weights against real Keras, which is asked to load the very file."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy
import pytest
from keras import layers

from lstmlint.pipeline import judge
from lstmlint.pipeline import load as read

Config = dict[str, Any]
Edit = Callable[[list[Config]], None]


def saved(path: Path) -> Path:
    gru = layers.GRU(4, name="gru", return_sequences=True)
    dense = layers.Dense(2, "relu", name="dense")
    keras.Sequential([keras.Input((10, 8)), gru, layers.LSTM(4, name="lstm"), dense]).save(path)
    return path


def edited(path: Path, edit: Edit) -> Path:
    """A saved model with another config beside its weights."""
    if path.suffix == ".h5":
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = _edited(file.attrs["model_config"], edit)
        return path
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = _edited(members["config.json"], edit).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _edited(text: str | bytes, edit: Edit) -> str:
    config = json.loads(text)
    edit(config["config"]["layers"])
    return json.dumps(config)


def found(path: Path) -> list[tuple[str, str]]:
    return [(one.rule, str(one.severity)) for one in judge(read(str(path))).diagnostics]


def without_dense(listed: list[Config]) -> None:
    listed.pop()


def another_dense(listed: list[Config]) -> None:
    copied = json.loads(json.dumps(listed[-1]).replace('"dense"', '"label"').replace("[null, 4]", "[null, 2]"))
    listed.append(copied)


def renamed(listed: list[Config]) -> None:
    listed[-1]["config"]["name"] = "label"


def without_reset_after(listed: list[Config]) -> None:
    listed[1]["config"]["reset_after"] = False


@pytest.mark.parametrize(
    ("suffix", "edit"), [(".h5", without_dense), (".h5", another_dense), (".keras", another_dense)]
)
def test_weights_config_desync__is_refused(tmp_path: Path, suffix: str, edit: Edit) -> None:
    path = saved(tmp_path / f"m{suffix}")
    assert found(path) == []
    edited(path, edit)
    assert found(path) == [("weights-config-desync", "error")]
    with pytest.raises(ValueError, match=r"Layer count mismatch|could not be loaded"):
        keras.models.load_model(path)


def test_weights_config_desync__surplus_weights_of_an_archive_are_ignored(tmp_path: Path) -> None:
    path = edited(saved(tmp_path / "m.keras"), without_dense)
    assert found(path) == [("weights-config-desync", "warning")]
    assert keras.models.load_model(path).output_shape == (None, 4)


def test_weights_config_desync__other_names_are_loaded_in_order(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.h5")
    batch = numpy.ones((1, 10, 8), "float32")
    before = keras.models.load_model(path)(batch)
    edited(path, renamed)
    assert found(path) == [("weights-config-desync", "note")]
    assert numpy.allclose(keras.models.load_model(path)(batch), before)


def nested_first() -> keras.Model:
    series, outer = keras.Input((6, 4)), keras.Input((6, 4))
    lstm = layers.LSTM(4, return_sequences=True)
    inner = keras.Model(series, lstm(series), name="inner")
    return keras.Model(outer, lstm(inner(outer)))


def two_models() -> keras.Model:
    series, outer = keras.Input((6, 4)), keras.Input((6, 4))
    lstm = layers.LSTM(3, return_sequences=True)
    first = keras.Model(series, lstm(series), name="first")
    second = keras.Model(series, layers.Dense(2)(lstm(series)), name="second")
    return keras.Model(outer, [first(outer), second(outer)])


def in_a_wrapper() -> keras.Model:
    series, dense = keras.Input((6, 4)), layers.Dense(4)
    return keras.Model(series, dense(layers.TimeDistributed(dense)(series)))


@pytest.mark.parametrize("made", [nested_first, two_models, in_a_wrapper])
def test_weights_of_a_layer_in_two_places__are_told_with_the_cure_that_helps(
    made: Callable[[], keras.Model], tmp_path: Path
) -> None:
    model, path, whole = made(), tmp_path / "model.keras", tmp_path / "model.h5"
    model.save(path)
    model.save(whole)
    errors = [one.finding for one in judge(read(str(path))).diagnostics if str(one.severity) == "error"]
    assert ["seems to be the same layer" in error.message for error in errors] == [True]
    assert "load_weights()" in (errors[0].help or "")
    with pytest.raises(ValueError, match="could not be loaded"):
        keras.models.load_model(path)
    series = numpy.random.default_rng(1).normal(size=(2, 6, 4)).astype("float32")
    again = made()
    again.load_weights(path)
    for cured in (again, keras.models.load_model(whole)):
        for one, other in zip(*map(keras.tree.flatten, (model(series), cured(series))), strict=True):
            numpy.testing.assert_allclose(one, other, rtol=1e-5)


def test_gate_layout_mismatch__is_refused(tmp_path: Path) -> None:
    path = edited(saved(tmp_path / "m.h5"), without_reset_after)
    assert found(path) == [("gate-layout-mismatch", "error")]
    with pytest.raises(ValueError, match="Shape mismatch"):
        keras.models.load_model(path)


def test_gate_layout_mismatch__the_two_biases_of_cudnn_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.h5")
    with h5py.File(path, "r+") as file:
        place = "model_weights/" + next(
            name for name in visited(file["model_weights"]) if name.endswith("lstm_cell/bias")
        )
        del file[place]
        file[place] = numpy.zeros((32,), "float32")
    assert found(path) == [("gate-layout-mismatch", "error")]
    with pytest.raises(ValueError, match="Shape mismatch"):
        keras.models.load_model(path)


def visited(group: h5py.Group) -> list[str]:
    names: list[str] = []
    group.visit(names.append)
    return names
