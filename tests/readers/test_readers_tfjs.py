"""TensorFlow.js: the topology in Python's vocabulary, and the shapes of the weights manifest."""

from __future__ import annotations

import json
from typing import Any

import pytest

import lstmlint
from lstmlint import readers
from lstmlint.ir.document import Container, Document, NotAModelError, WeightNaming
from lstmlint.pipeline import model_of
from lstmlint.readers.plain import pythonic
from tests.support import readers_files as files
from tests.support.readers import refusal, shapes


def read(**keys: Any) -> Document:
    return readers.read_bytes(json.dumps(files.tfjs_model(**keys)).encode(), "model.json")


def test_converted_model() -> None:
    document = read()
    assert document.container is Container.TFJS
    assert document.config == {key: files.MODEL[key] for key in ("class_name", "config")}
    assert document.config_place == "modelTopology/model_config"
    assert (document.keras_version, document.backend) == ("2.15.0", "tensorflow")
    assert document.training_config == {"loss": "mse"}
    assert document.stored_by is WeightNaming.LAYER_NAME
    assert shapes(document) == {"dense_1": files.DENSE_SHAPES, "lstm_1": files.LSTM_SHAPES}
    assert (document.stored or ())[1].tensors[0].place == "lstm_1/lstm_cell/kernel"
    assert document.remarks == ()


def test_model_of_tfjs_itself() -> None:
    topology = {**files.MODEL, "keras_version": "tfjs-layers 1.3.2", "backend": "tensor_flow.js"}
    document = read(topology=topology)
    assert document.config_place == "modelTopology"
    assert (document.keras_version, document.backend) == ("tfjs-layers 1.3.2", "tensor_flow.js")
    assert document.text is not None
    assert model_of(document).params == 72 + 4


def test_topology_alone() -> None:
    data = json.dumps({"modelTopology": files.MODEL}).encode()
    document = readers.read_bytes(data)
    assert document.container is Container.TFJS
    assert document.stored is None


def test_keys_as_javascript_spells_them() -> None:
    camel = {
        "className": "Sequential",
        "config": {
            "name": "mySequential",
            "layers": [
                {
                    "className": "LSTM",
                    "config": {"name": "myLstm", "units": 3, "batchInputShape": [None, 4, 2], "returnSequences": True},
                },
            ],
        },
    }
    document = read(topology={"modelConfig": camel, "kerasVersion": "2.15.0"}, weights=[])
    assert document.keras_version == "2.15.0"
    model = model_of(document)
    assert [(layer.name, layer.calls[0].outputs) for layer in model.layers if layer.class_name == "LSTM"] == [
        ("myLstm", (None, 4, 3))
    ]


def test_names_of_the_user_are_no_keys() -> None:
    config = {"class_name": "Functional", "config": {"output_layers": {"myOutput": ["myOutput", 0, 0]}}}
    assert pythonic(config) == config
    assert pythonic({"class_name": "X", "config": {"useBias": 1, "use_bias": 2, "DType": 3}}) == {
        "class_name": "X",
        "config": {"useBias": 1, "use_bias": 2, "DType": 3},
    }


def nested(inner_name: str) -> dict[str, Any]:
    """A model with a model inside, the layer in which has a name."""
    dense = {"class_name": "Dense", "config": {"name": inner_name, "units": 1}}
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": [dense]}}
    wrapper = {"class_name": "Bidirectional", "config": {"name": "both", "layer": {"config": {"name": "lstm"}}}}
    outer = {"class_name": "Dense", "config": {"name": "dense", "units": 1, "batch_input_shape": [None, 2]}}
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [outer, inner, wrapper]}}


def stored_of(inner_name: str, *names: str) -> list[tuple[str, list[str]]]:
    """The stored layers of the model above and the places of their tensors."""
    weights = [{"name": name, "shape": [1], "dtype": "float32"} for name in names]
    stored = read(topology=nested(inner_name), weights=weights).stored or ()
    return [(layer.name, [tensor.place for tensor in layer.tensors]) for layer in stored]


def test_weights_of_inner_layers_are_their_owners() -> None:
    assert stored_of("other", "dense/kernel", "other/kernel", "both/forward_lstm/kernel", "forward_lstm/bias") == [
        ("dense", ["dense/kernel"]),
        ("inner", ["other/kernel"]),
        ("both", ["both/forward_lstm/kernel", "forward_lstm/bias"]),
    ]


def test_layers_whose_weights_are_unclear_are_left_out() -> None:
    assert stored_of("dense", "dense/kernel", "both/kernel") == [("both", ["both/kernel"])]
    assert stored_of("lstm", "dense/kernel", "lstm/kernel", "both/kernel") == [("dense", ["dense/kernel"])]
    assert stored_of("other", "dense/kernel", "other/kernel", "unheard/kernel") == [
        ("dense", ["dense/kernel"]),
        ("unheard", ["unheard/kernel"]),
    ]


def test_stored_shape_that_does_not_fit_is_found(tmp_path: Any) -> None:
    weights = [dict(entry) for entry in files.TFJS_WEIGHTS]
    weights[2]["shape"] = [5, 12]
    path = tmp_path / "model.json"
    path.write_text(json.dumps(files.tfjs_model(weights=weights)))
    assert "kernel-input-mismatch" in {found.rule for found in lstmlint.analyze(str(path)).diagnostics}


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"topology": {"node": [], "library": {}}, "format": "graph-model"}, "a TensorFlow.js graph model"),
        ({"topology": []}, "without a model"),
    ],
)
def test_other_files_of_tfjs_are_skipped(keys: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotAModelError, match=reason):
        read(**keys)


@pytest.mark.parametrize(
    "weights",
    [
        *({}, [1], [{}], [{"name": 1, "shape": [1], "dtype": "float32"}]),
        *(
            [{"name": "a/b", "shape": shape, "dtype": "float32"}]
            for shape in (1, [-1], [True], [1.5], [1] * 17, [1 << 70])
        ),
    ],
)
def test_manifest_that_describes_no_tensors_is_refused(weights: Any) -> None:
    message = refusal(json.dumps(files.tfjs_model(weights=weights)).encode())
    assert message == "has a weightsManifest that does not describe tensors; convert the model again"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"modelTopology": {"model_config": {"class_name": "A"}}}', "has a modelTopology that is not a Keras model"),
        (b'{"modelTopology": {"class_name": "A", ', "is not valid JSON"),
        (b'{"modelTopology": ' + b'{"a":' * 300 + b"1" + b"}" * 301, "is nested too deeply"),
        (b'{"modelTopology": ' + b"[" * 100_000, "is nested too deeply"),
    ],
)
def test_topology_that_is_broken_is_refused(data: bytes, message: str) -> None:
    assert message in refusal(data)
