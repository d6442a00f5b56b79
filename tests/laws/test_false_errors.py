"""Kinds of files that real Keras wrote and loads, of which a rule once said an error."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

import keras
import numpy
import pytest

import lstmlint
from lstmlint.ir.finding import Severity
from tests.support.truth import FIXTURES

L = keras.layers

#: The calls of a recurrent layer on constants as tf.keras 2.15 writes them, on two rows of three steps.
STATES = {
    "LSTM": "[[[0.0, 1.0], [2.0, 3.0]], [[0.0, 1.0], [2.0, 3.0]]]",
    "GRU": "[[[0.0, 1.0], [2.0, 3.0]]]",
}  # fmt: skip

#: What a zip has before the bytes of each member, besides its name.
LOCAL_HEADER_BYTES = 30


def errors(path: Path) -> list[str]:
    said = lstmlint.analyze(str(path)).diagnostics
    return [f"{one.rule}: {one.finding.message}" for one in said if one.severity is Severity.ERROR]


@pytest.mark.parametrize("name", ["operator-slice", "operator-product", "operator-add", "function-concat"])
def test_calls_name_a_layer_by_its_outer_name(name: str, tmp_path: Path) -> None:
    """The config of a `TensorFlowOpLayer` (tf.keras 2.3) names the operation, and calls name the layer."""
    with tarfile.open(FIXTURES / "loads" / "tf-keras-2.3.4.tar.xz") as archive:
        member = archive.extractfile(f"{name}.h5")
        assert member is not None
        path = tmp_path / f"{name}.h5"
        path.write_bytes(io.BytesIO(member.read()).getvalue())
    model = lstmlint.load(str(path))
    assert any(layer.name.startswith("tf_op_layer_") for layer in model.layers)
    assert errors(path) == []


@pytest.mark.parametrize("class_name", STATES)
def test_constant_states_of_keras_2_are_arrays(class_name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(
        '{"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "model", "layers": ['
        '{"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [2, 3, 2]},'
        f'"inbound_nodes": []}}, {{"class_name": "{class_name}", "name": "y", "config": {{"name": "y", "units": 2}},'
        f'"inbound_nodes": [[["x", 0, 0, {{"initial_state": {STATES[class_name]}}}]]]}}],'
        '"input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}'
    )
    assert errors(path) == []
    path.write_text(path.read_text().replace('"units": 2', '"units": 3'))
    assert len(errors(path)) == 1


@pytest.mark.parametrize("as_list", [True, False])
def test_constant_states_of_keras_3_are_arrays(as_list: bool, tmp_path: Path) -> None:
    steps, state = keras.Input((3, 2), batch_size=2), numpy.ones((2, 2), "float32")
    model = keras.Model(steps, L.GRU(2)(steps, initial_state=[state] if as_list else state))
    model.save(tmp_path / "model.keras")
    keras.models.load_model(tmp_path / "model.keras").predict(numpy.ones((2, 3, 2)), verbose=0)
    assert errors(tmp_path / "model.keras") == []


@pytest.mark.parametrize("start", [512, 1024, 2048])
def test_an_archive_whose_weights_begin_at_a_user_block_is_an_archive(start: int, tmp_path: Path) -> None:
    """HDF5 may begin behind a block of 512 bytes, 1024, ..., where the weights in an archive may lie, too."""
    made, path = tmp_path / "made.keras", tmp_path / "model.keras"
    keras.Sequential([keras.Input((3,)), L.Dense(2)]).save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        weights = "model.weights.h5"
        target.writestr(zipfile.ZipInfo("pad"), b" " * (start - 2 * LOCAL_HEADER_BYTES - len(f"pad{weights}")))
        for name in (weights, "config.json", "metadata.json"):
            target.writestr(zipfile.ZipInfo(name), source.read(name))
    assert path.read_bytes()[start:].startswith(b"\x89HDF")
    assert keras.models.load_model(path).count_params() == 8
    model = lstmlint.load(str(path))
    assert (model.document.container, model.params) == ("keras", 8)
    assert errors(path) == []


def test_a_sequential_of_keras_3_names_itself_before_its_layers(tmp_path: Path) -> None:
    """The names are those of the `path` of each variable, which Keras 3 writes and the converter takes over."""
    model = keras.Sequential([keras.Input((4, 3)), keras.layers.GRU(2), keras.layers.Dense(1)])
    weights = [{"name": one.path, "shape": list(one.shape), "dtype": "float32"} for one in model.weights]
    topology = {"keras_version": keras.__version__, "model_config": json.loads(model.to_json())}
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"modelTopology": topology, "weightsManifest": [{"paths": [], "weights": weights}]}))
    stored = {layer.name: len(layer.stored.tensors) for layer in lstmlint.load(str(path)).layers if layer.stored}
    assert stored == {layer.name: len(layer.weights) for layer in model.layers}
    assert [told for told in errors(path) if not told.startswith("tfjs-")] == []  # TensorFlow.js reads no Keras 3
