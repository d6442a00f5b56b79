"""Three witnesses: what the configs do not tell, recorded shapes and stored tensors do, and the value says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.inference.recognize import stored_only_layer
from lstmlint.ir.document import Container, Document, NotAModelError, StoredLayer, StoredTensor, UnreadableError
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Unknown, Witness
from lstmlint.keras.classes import traits_of
from lstmlint.pipeline import judge, model_of
from tests.support.truth import CORPUS, FIXTURES, corpus_truth


def stored(name: str, **shapes: tuple[int, ...]) -> StoredLayer:
    tensors = (StoredTensor(key, f"model_weights/{name}/{key}", shape, "float32") for key, shape in shapes.items())
    return StoredLayer(name, tuple(tensors))


def sequential(*layers: dict[str, Any], weights: tuple[StoredLayer, ...] = (), version: str = "2.15.0") -> Any:
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}}
    return model_of(Document("s.h5", Container.H5, config, keras_version=version, stored=weights))


def layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": name, **config}}


def test_features_of_an_unrecorded_input_come_from_the_stored_kernel() -> None:
    weights = stored("lstm", kernel=(5, 12), recurrent_kernel=(3, 12), bias=(12,))
    model = sequential(layer("LSTM", "lstm", units=3), layer("Dense", "dense", units=2), weights=(weights,))
    lstm = model.by_name["lstm"]
    assert lstm.params == 4 * 3 * (5 + 3 + 1)
    assert lstm.calls[0].inputs[-1] == 5
    assert isinstance(lstm.calls[0].inputs[1], Unknown)
    assert model.by_name["dense"].params == 8


def test_weights_of_a_custom_layer_come_from_the_stored_tensors() -> None:
    given = layer("InputLayer", "x", batch_input_shape=[None, 4, 2])
    weights = stored("attend", W=(2, 7), b=(7,))
    model = sequential(given, layer("Attend", "attend"), weights=(weights,))
    attend = model.by_name["attend"]
    assert attend.params == 21
    assert {weight.witness for weight in attend.weights} == {Witness.STORED}
    assert isinstance(attend.trainable_params, Unknown)
    assert isinstance(attend.outputs, Unknown)


def test_unknown_dimension_of_a_weight_comes_from_the_stored_tensor() -> None:
    given = layer("InputLayer", "x", batch_input_shape=[None, 4, 2])
    weights = stored("lstm", kernel=(9, 12), recurrent_kernel=(3, 12), bias=(12,))
    model = sequential(given, layer("Attend", "attend"), layer("LSTM", "lstm", units=3), weights=(weights,))
    kernel, recurrent_kernel, bias = model.by_name["lstm"].weights
    assert (kernel.shape, kernel.witness) == ((9, 12), Witness.STORED)
    assert (recurrent_kernel.witness, bias.witness) == (Witness.INFERRED, Witness.INFERRED)
    assert model.by_name["lstm"].trainable_params == 4 * 3 * (9 + 3 + 1)


def test_known_values_are_never_replaced_by_stored_ones() -> None:
    given = layer("InputLayer", "x", batch_input_shape=[None, 4, 2])
    weights = stored("lstm", kernel=(9, 12), recurrent_kernel=(3, 12), bias=(12,))
    model = sequential(given, layer("LSTM", "lstm", units=3), weights=(weights,))
    assert model.params == 72
    assert [d.rule for d in judge(model).diagnostics] == ["kernel-input-mismatch"]


def test_output_of_a_custom_layer_comes_from_where_the_next_layer_recorded_it() -> None:
    given = {"module": "keras.layers", **layer("InputLayer", "x", batch_shape=[None, 4, 2])}
    dense = {"module": "keras.layers", **layer("Dense", "dense", units=3), "build_config": {"input_shape": [None, 7]}}
    model = sequential(given, {"module": "mine", **layer("Attend", "attend")}, dense, version="3.15.1")
    (call,) = model.by_name["attend"].calls
    assert (call.outputs, call.witness) == ((None, 7), Witness.RECORDED)
    assert model.by_name["dense"].params == 24


def whole_files() -> Iterator[Path]:
    yield from sorted(FIXTURES.glob("keras-*/*.h5"))
    yield from sorted(FIXTURES.glob("keras-*/*.keras"))
    if CORPUS.exists():
        yield from (CORPUS / entry["file"] for entry, _ in corpus_truth() if entry["format"] in ("h5", "keras"))


def recurrent_inside(layer: Layer) -> bool:
    return any(traits_of(inner.class_name).form is not None for inner in layer.walk())


def test_recurrent_layers_are_recognised_from_their_tensors_alone() -> None:
    """Every whole model is a weights-only file with the answer beside it."""
    right = 0
    for path in whole_files():
        try:
            model = lstmlint.load(str(path))
        except (NotAModelError, UnreadableError):
            continue
        for known in model.layers:
            if known.stored is None or not known.stored.tensors or known.model is not None:
                continue
            alone = stored_only_layer(known.stored)
            place = f"{path.name}: {known.name}"
            assert alone.params == sum(_size(tensor) for tensor in known.stored.tensors), place
            if model.graph and model.graph.semantics.separate_gate_weights and known.class_name.startswith("Conv"):
                assert alone.class_name == "", place
            elif traits_of(known.class_name).is_gated_layer:
                assert alone.class_name in (known.class_name, *_alike(known)), place
                assert alone.config.get("units") == known.config.get("units"), place
                right += 1
            elif known.class_name == "Bidirectional" and "forward" in known.children:
                assert alone.class_name == "Bidirectional", place
                right += 1
            elif not recurrent_inside(known) and not known.node.is_custom:
                assert alone.class_name == "", place
    assert right > 100


def _alike(layer: Layer) -> tuple[str, ...]:
    """The classes whose tensors are the same (Keras 2 could store a cuDNN layer's weights under a plain config)."""
    return ("CuDNNLSTM",) if layer.class_name == "LSTM" else ()


def _size(tensor: StoredTensor) -> int:
    size = 1
    for dim in tensor.shape:
        size *= dim
    return size


@pytest.mark.parametrize("name", ["weights-only.h5", "weights-only-keras3.weights.h5"])
def test_a_weights_only_file_lists_its_layers(name: str) -> None:
    model = lstmlint.load(str(FIXTURES / "broken" / name))
    recurrent = [layer for layer in model.layers if layer.class_name == "LSTM"]
    assert sorted(layer.config["units"] for layer in recurrent) == [8, 10, 12]
    assert model.params == 2332
