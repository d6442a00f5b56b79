"""Small models of tf.keras, some edited after they were saved, and what it makes of them: `tf_models.jsonl`.

Run with tf.keras 2.15.1 (tensorflow-cpu 2.15.1, Python 3.11): `python tests/data/make_tf_models.py`. One line for a
model: its name, its JSON, and what `model_from_json` gives: the shapes of its outputs and, for each weight, its shape
and whether it trains; nothing where it refuses the model.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

tf: Any = importlib.import_module("tensorflow")
keras: Any = tf.keras
L: Any = keras.layers

#: Shapes with their batch.
Shape = tuple[int | None, ...]
Case = tuple[str, Any, dict[int, dict[str, Any]]]
"""A name, a model, and by the place of a layer in it the keys of its config to set."""

IMAGES: list[Shape] = [(None, 8, 8, 3), (4, 8, 8, 3), (4, None, 8, 3), (None, 8, None, 3), (8, 8, 3), (None, None, 3)]
SEQUENCE: Shape = (None, 8, 5)


def on(shapes: Shape | list[Shape], layer: Any) -> Any:
    """A model of one layer on one input or on several."""
    inputs = [keras.Input(batch_shape=shape) for shape in (shapes if isinstance(shapes, list) else [shapes])]
    return keras.Model(inputs, layer(inputs if isinstance(shapes, list) else inputs[0]))


def activations() -> Iterator[Case]:
    """PReLU as an activation has weights of its own."""
    for shape, layer in [
        ((None, 5), L.Dense(4, activation=L.PReLU())),
        (SEQUENCE, L.Dense(4, activation=L.PReLU())),
        (SEQUENCE, L.Dense(4, activation=L.PReLU(shared_axes=[1]))),
        ((None, None, 5), L.Dense(4, activation=L.PReLU(shared_axes=[1]))),
        ((None, 5), L.Dense(4, activation=L.LeakyReLU())),
        (SEQUENCE, L.Dense(4, activation=L.PReLU(), trainable=False)),
        (SEQUENCE, L.Dense(4, activation=L.PReLU(trainable=False))),
        ((None, 5), L.Activation(L.PReLU())),
        (SEQUENCE, L.Conv1D(4, 3, activation=L.PReLU())),
        ((None, 8, 8, 5), L.Conv2D(4, 3, activation=L.PReLU(shared_axes=[1, 2]))),
        (SEQUENCE, L.Conv1DTranspose(4, 3, activation=L.PReLU())),
        (SEQUENCE, L.SeparableConv1D(4, 3, activation=L.PReLU())),
        (SEQUENCE, L.DepthwiseConv1D(3, activation=L.PReLU())),
        (SEQUENCE, L.LocallyConnected1D(4, 3, activation=L.PReLU())),
        (SEQUENCE, L.EinsumDense("abc,cd->abd", (None, 4), activation=L.PReLU())),
        (SEQUENCE, L.TimeDistributed(L.Dense(4, activation=L.PReLU()))),
        (SEQUENCE, L.SimpleRNN(4, activation=L.PReLU())),
        (SEQUENCE, L.LSTM(4, activation=L.PReLU())),
        (SEQUENCE, L.LSTM(4, recurrent_activation=L.PReLU(), return_sequences=True)),
        (SEQUENCE, L.LSTM(4, activation=L.PReLU(), recurrent_activation=L.PReLU())),
        (SEQUENCE, L.GRU(4, activation=L.PReLU())),
        (SEQUENCE, L.Bidirectional(L.LSTM(4, activation=L.PReLU()))),
        (SEQUENCE, L.RNN(L.LSTMCell(4, activation=L.PReLU()))),
        ((None, 5, 8, 5), L.ConvLSTM1D(4, 3, activation=L.PReLU())),
    ]:
        yield "prelu", on(shape, layer), {}


def embeddings() -> Iterator[Case]:
    for shape in [(None, 15), (None, 16), (None, None), (4, 15), (None, 3, 15), (None,)]:
        yield "input-length", on(shape, L.Embedding(20, 4, input_length=16)), {}
    yield "input-length", on((None, 3, 15), L.Embedding(20, 4, input_length=[3, 16])), {}
    stack = [L.Embedding(20, 4, input_length=16), L.LSTM(3, return_sequences=True)]
    yield "input-length", keras.Sequential(stack), {}
    yield "input-length", keras.Sequential([keras.Input((15,)), L.Embedding(20, 4, input_length=16), L.LSTM(3)]), {}


def images() -> Iterator[Case]:
    for shape in IMAGES:
        for name in ("CenterCrop", "RandomCrop", "Resizing"):
            yield "image", on(shape, getattr(L, name)(5, 6)), {}
            yield "image", on(shape, getattr(L, name)(10, 12)), {}


def croppings() -> Iterator[Case]:
    """Cropping more than there is: refused in one and two dimensions, nothing left in three."""
    for layer, shape, cropping in [
        (L.Cropping1D(1), SEQUENCE, [5, 6]), (L.Cropping1D(1), SEQUENCE, [4, 4]),
        (L.Cropping1D(1), (None, None, 5), [5, 6]),
        (L.Cropping2D(1), (None, 8, 8, 3), [[5, 6], [1, 1]]), (L.Cropping2D(1), (None, 8, 8, 3), [[4, 4], [1, 1]]),
        (L.Cropping2D(1), (None, None, 8, 3), [[5, 6], [1, 1]]),
        (L.Cropping2D(1, data_format="channels_first"), (None, 3, 8, 8), [[5, 6], [1, 1]]),
        (L.Cropping3D(1), (None, 8, 8, 8, 3), [[5, 6], [1, 1], [4, 4]]),
        (L.Cropping3D(1, data_format="channels_first"), (None, 3, 8, 8, 8), [[5, 6], [1, 1], [0, 9]]),
        (L.Cropping3D(1), (None, None, 8, 8, 3), [[5, 6], [1, 1], [0, 9]]),
    ]:  # fmt: skip
        yield "cropping", on(shape, layer), {1: {"cropping": cropping}}


def fixed_batches() -> Iterator[Case]:
    shapes: list[Shape] = [(None, 5, 8), (4, 5, 8)]
    for given in (shapes, shapes[::-1], [*shapes, shapes[0]]):
        for name in ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
            yield "fixed-batch", on(given, getattr(L, name)()), {}
    for given in (shapes, shapes[::-1]):
        yield "fixed-batch", on(given, L.Subtract()), {}
        yield "fixed-batch", on(given, L.Dot(1)), {}
        yield "fixed-batch", on(given, L.Attention()), {}
        yield "fixed-batch", on(given, L.AdditiveAttention()), {}


def attentions() -> Iterator[Case]:
    others: list[Shape] = [(None, 6, 8), (None, 6, 7), (None, 6, 1), (None, 4, 8), (None, None, 8), (None, None, None)]
    for layer in (L.Attention, lambda: L.Attention(score_mode="concat"), L.AdditiveAttention):
        for shape in others:
            edit = {"batch_input_shape": shape}
            yield "attention", on([(None, 5, 8), (None, 6, 8)], layer()), {1: edit}
            yield "attention", on([(None, 5, 8), (None, 6, 8), (None, 6, 8)], layer()), {1: edit}
            yield "attention", on([(None, 5, 8), (None, 6, 8), (None, 6, 8)], layer()), {2: edit}


def nested() -> Iterator[Case]:
    """A model called on other lengths than those of its own input, which it sees only where a kernel does not fit."""
    pairs: list[tuple[Shape, list[Shape]]] = [
        ((4,), [(5,), (6, 4), (4, 1), (4, 7), (4, 4)]),
        ((6, 4), [(7, 4), (None, 4), (6, 5)]),
        ((None, 4), [(6, 4), (6, 3)]),
        ((6, 1), [(6,), (6, 2)]),
    ]
    for own, given in pairs:
        for shape in given:
            inner = on((None, *own), L.Dense(3))
            edit = {0: {"batch_input_shape": (None, *shape)}}
            yield "nested", on((None, *own), inner), edit
            yield "nested", on((None, *own), keras.Sequential([keras.Input(own), L.Dense(3)])), edit
    for shape in [(7, 4), (None, 4), (6, 5)]:
        yield "nested", on((None, 6, 4), on((None, 6, 4), L.LSTM(3))), {0: {"batch_input_shape": (None, *shape)}}


def read(text: str) -> dict[str, Any]:
    try:
        model = keras.models.model_from_json(text)
    except (ValueError, TypeError):
        return {"outputs": None}
    trained = {id(weight) for weight in model.trainable_weights}
    weights = [[weight.shape.as_list(), id(weight) in trained] for weight in model.layers[-1].weights]
    return {"outputs": [tensor.shape.as_list() for tensor in model.outputs], "weights": weights}


def lines() -> Iterator[dict[str, Any]]:
    for family in (activations, embeddings, images, croppings, fixed_batches, attentions, nested):
        for name, model, edits in family():
            written = json.loads(model.to_json())
            for place, values in edits.items():
                written["config"]["layers"][place]["config"].update(values)
            yield {"name": name, "model": written, **read(json.dumps(written))}


if __name__ == "__main__":
    with (Path(__file__).parent / "tf_models.jsonl").open("w", encoding="utf-8") as file:
        for line in lines():
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
