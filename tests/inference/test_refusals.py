"""What Keras 3 refuses has no output here, whatever shapes the file recorded before it was edited."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy
import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.ir.shape import Unknown
from lstmlint.pipeline import model_of

L = keras.layers

#: A healthy layer and its input, and the edit of its config that Keras refuses.
EDITS: dict[str, tuple[tuple[int, ...], Callable[[], Any], dict[str, Any]]] = {
    "an axis twice": ((4, 8), lambda: L.Permute((2, 1), name="edited"), {"dims": [1, 1]}),
    "no merge_mode": ((4, 8), lambda: L.Bidirectional(L.LSTM(3), name="edited"), {"merge_mode": "both"}),
}


@pytest.mark.parametrize("name", EDITS)
def test_after_a_refusal_no_output_is_taken_from_the_record(name: str) -> None:
    shape, layer, edit = EDITS[name]
    written = json.loads(keras.Sequential([keras.Input(shape), layer(), L.Dense(2, name="behind")]).to_json())
    keras.models.model_from_json(json.dumps(written))
    edited = next(one for one in written["config"]["layers"] if one["config"].get("name") == "edited")
    edited["config"] |= edit
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(json.dumps(written))
    document = Document("model.json", Container.JSON, written, keras_version=keras.__version__)
    outputs = model_of(document).by_name["edited"].outputs
    assert isinstance(outputs, Unknown)
    assert outputs.is_refusal


INSIDE: dict[str, Callable[[], Any]] = {
    "Bidirectional": lambda: L.Bidirectional(L.LSTM(3, return_sequences=True)),
    "Sequential": lambda: keras.Sequential([L.Bidirectional(L.LSTM(3, return_sequences=True))]),
    "RNN": lambda: L.RNN(L.Bidirectional(L.LSTM(3)), return_sequences=True),
}


@pytest.mark.parametrize("name", INSIDE)
def test_keras_makes_no_backward_layer_of_one_that_holds_a_bidirectional(name: str) -> None:
    """Keras 1.2.2, 2.2.4, 2.3.1 and tf.keras 2.15 neither: they look for `go_backwards` in the config of the layer."""
    with pytest.raises((ValueError, AttributeError)):
        L.Bidirectional(INSIDE[name]())


def wrapped_convolution() -> Any:
    return L.TimeDistributed(L.Conv2D(2, 2), name="edited")


def wrapped_flatten() -> Any:
    return L.TimeDistributed(L.Flatten(), name="edited")


def convolution() -> Any:
    return L.Conv2D(2, 2, name="edited")


def separable_convolution() -> Any:
    return L.SeparableConv1D(2, 2, name="edited")


def inner_model() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), L.Dense(3)], name="edited")


def grouped_attention() -> Callable[[list[Any]], Any]:
    return lambda inputs: L.GroupQueryAttention(4, 2, 2, name="edited")(*inputs)


#: A layer, the inputs on which it is saved, and those that are written in their place and that Keras refuses to run.
CALLS: dict[str, tuple[Callable[[], Any], list[tuple[int, ...]], list[tuple[int, ...]]]] = {
    "a convolution of another rank": (wrapped_convolution, [(5, 6, 6, 3)], [(5, 6, 3)]),
    "a wrapper without timesteps": (wrapped_flatten, [(5, 3)], [(5,)]),
    "a convolution on more axes": (convolution, [(6, 6, 3)], [(5, 6, 6, 3)]),
    "a separable convolution on more axes": (separable_convolution, [(6, 3)], [(5, 6, 3)]),
    "a model on another width": (inner_model, [(4,)], [(5,)]),
    "a model on more axes": (inner_model, [(4,)], [(5, 6, 4)]),
    "grouped attention of another width": (grouped_attention, [(4, 8), (5, 8)], [(4, 8), (5, 6)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_inputs_that_keras_does_not_take(name: str) -> None:
    """The model is healthy as it is saved; with other inputs Keras refuses to make it or cannot run it."""
    make, shapes, others = CALLS[name]
    inputs = [keras.Input(shape) for shape in shapes]
    written = json.loads(keras.Model(inputs, make()(inputs if len(inputs) > 1 else inputs[0])).to_json())
    assert not isinstance(edited_output(written), Unknown)
    assert runs(written, shapes)
    layers = [one for one in written["config"]["layers"] if one["class_name"] == "InputLayer"]
    for layer, shape in zip(layers, others, strict=True):
        layer["config"]["batch_shape"] = [None, *shape]
    assert not runs(written, others)
    outputs = edited_output(written)
    assert isinstance(outputs, Unknown)
    assert outputs.is_refusal


def edited_output(written: dict[str, Any]) -> Any:
    document = Document("model.json", Container.JSON, written, keras_version=keras.__version__)
    return model_of(document).by_name["edited"].outputs


def runs(written: dict[str, Any], shapes: list[tuple[int, ...]]) -> bool:
    try:
        model = keras.models.model_from_json(json.dumps(written))
        model.predict([numpy.zeros((2, *shape)) for shape in shapes], verbose=0)
    except (ValueError, TypeError):
        return False
    return True
