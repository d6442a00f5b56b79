"""Rules on files and graphs against real Keras, which is asked to load the very config."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import keras
import pytest

import lstmlint
from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import analyze, judge, model_of
from tests.support.vocabularies import answers

Serialized = dict[str, Any]


def layer(class_name: str, name: str, *inbound: tuple[str, int, int], **config: Any) -> Serialized:
    tensors = [
        {"class_name": "__keras_tensor__",
         "config": {"shape": [None, 10, 8], "dtype": "float32", "keras_history": list(reference)}}
        for reference in inbound
    ]  # fmt: skip
    arguments = [tensors if len(tensors) > 1 else tensors[0]] if tensors else []
    return {
        "module": "keras.layers",
        "registered_name": None,
        "class_name": class_name,
        "name": name,
        "config": {"name": name, **config},
        "inbound_nodes": [{"args": arguments, "kwargs": {}}] if arguments else [],
    }


SERIES = layer("InputLayer", "series", batch_shape=[None, 10, 8])


def functional(*layers: Serialized, inputs: str = "series", output: tuple[str, int, int] | None = None) -> Serialized:
    config = {
        "name": "m",
        "layers": [SERIES, *layers],
        "input_layers": [[inputs, 0, 0]],
        "output_layers": [list(output or (layers[-1]["name"], 0, 0))],
    }
    module = "keras.src.models.functional"
    return {"module": module, "class_name": "Functional", "registered_name": "Functional", "config": config}


def sequential(*layers: Serialized) -> Serialized:
    plain = [{key: value for key, value in one.items() if key not in ("name", "inbound_nodes")} for one in layers]
    config = {"name": "m", "layers": [plain_series(), *plain]}
    return {"module": "keras", "class_name": "Sequential", "registered_name": None, "config": config}


def plain_series() -> Serialized:
    return {key: value for key, value in SERIES.items() if key not in ("name", "inbound_nodes")}


def found(serialized: Serialized) -> list[str]:
    document = Document("m.json", Container.JSON, serialized, keras_version="3.15.1")
    return [diagnostic.rule for diagnostic in judge(model_of(document)).diagnostics]


def load(serialized: Serialized) -> keras.Model:
    loaded: keras.Model = keras.models.model_from_json(json.dumps(serialized))
    return loaded


def dense(name: str, *inbound: tuple[str, int, int]) -> Serialized:
    return layer("Dense", name, *inbound, units=8, activation="relu")


@pytest.mark.parametrize(
    ("broken", "cured"),
    [
        (sequential(dense("dense"), dense("dense")), sequential(dense("dense"), dense("dense_1"))),
        (
            functional(dense("dense", ("series", 0, 0)), dense("dense", ("dense", 0, 0))),
            functional(dense("dense", ("series", 0, 0)), dense("dense_1", ("dense", 0, 0))),
        ),
    ],
    ids=["sequential", "functional"],
)
def test_duplicate_layer_name__is_refused(broken: Serialized, cured: Serialized) -> None:
    assert found(broken) == ["duplicate-layer-name"]
    with pytest.raises(ValueError, match=r"unique names|loops or disconnected"):
        load(broken)
    assert found(cured) == []
    assert load(cured).count_params() == 144


LOOP = [
    layer("Add", "add", ("series", 0, 0), ("dense", 0, 0)),
    dense("dense", ("add", 0, 0)),
]


@pytest.mark.parametrize(
    "broken",
    [
        functional(dense("dense", ("serie", 0, 0))),
        functional(dense("dense", ("series", 2, 0))),
        functional(dense("dense", ("series", 0, 1))),
        functional(dense("dense", ("series", 0, 0)), output=("dens", 0, 0)),
        functional(dense("dense", ("series", 0, 0)), output=("dense", 1, 0)),
        functional(dense("dense", ("series", 0, 0)), output=("dense", 0, 1)),
        functional(dense("dense", ("series", 0, 0)), inputs="serie"),
        functional(*LOOP),
    ],
    ids=["layer", "call", "output", "model output", "its call", "its output", "model input", "loop"],
)
def test_dangling_reference__is_refused(broken: Serialized) -> None:
    assert found(broken) == ["dangling-reference"]
    with pytest.raises((ValueError, RuntimeError, IndexError)):
        load(broken)


def test_dangling_reference__a_good_reference_loads() -> None:
    cured = functional(dense("dense", ("series", 0, 0)))
    assert found(cured) == []
    assert load(cured).count_params() == 72


@pytest.mark.parametrize(
    ("edit", "remark", "severity"),
    [
        (lambda file: file["model_weights"].attrs.pop("layer_names"), "stores weights without the list", "error"),
        (lambda file: file.attrs.modify("training_config", '{"loss": '), "has a training_config", "warning"),
    ],
    ids=["no layer_names", "training_config"],
)
def test_irregular_file__is_refused(edit: Any, remark: str, severity: str, tmp_path: Path) -> None:
    """What Keras refuses, with and without compiling, of a file that it wrote."""
    path = tmp_path / "model.h5"
    model = keras.Sequential([keras.Input((4, 3)), keras.layers.LSTM(2), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.save(path)
    assert [one.rule for one in lstmlint.analyze(str(path)).diagnostics if one.rule == "irregular-file"] == []
    with h5py.File(path, "r+") as file:
        edit(file)
    with pytest.raises(ValueError, match=r"Layer count mismatch|Expecting value"):
        keras.models.load_model(path)
    if severity == "error":
        with pytest.raises(ValueError, match="Layer count mismatch"):
            keras.models.load_model(path, compile=False)
    else:
        keras.models.load_model(path, compile=False)
    (said,) = (one for one in lstmlint.analyze(str(path)).diagnostics if one.rule == "irregular-file")
    assert said.finding.message.startswith(remark)
    assert str(said.severity) == severity


def test_invalid_vocabulary__is_refused_by_keras_on_tensorflow(tmp_path: Path) -> None:
    """Lookup layers need TensorFlow, which the tests do without; what it said is recorded."""
    told = (one for one in answers() if one.change == "repeated word" and one.version == "3.15.1")
    refused = [one for one in told if one.load is not None]
    assert refused
    for answer in refused:
        path = tmp_path / "refused.keras"
        path.write_bytes(answer.archive())
        assert "at least one repeated term" in (answer.load or "")
        assert "invalid-vocabulary" in {one.rule for one in analyze(str(path)).diagnostics}
