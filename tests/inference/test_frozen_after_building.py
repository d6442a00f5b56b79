"""A layer or a part of one that was frozen after it was built: the totals are those of the reloaded file.

Composite layers of Keras 3 forget it: in memory less was trainable than the file tells.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

import lstmlint

L = keras.layers


def attended(layer: Any) -> keras.Model:
    inputs = keras.Input((5, 8))
    return keras.Model(inputs, L.Dense(2)(layer(inputs, inputs)))


def on_sequence(layer: Any) -> keras.Model:
    return keras.Sequential([keras.Input((4, 6)), layer, L.Dense(2)])


def on_images(layer: Any) -> keras.Model:
    return keras.Sequential([keras.Input((4, 6, 6, 3)), layer, L.Flatten(), L.Dense(2)])


MAKERS: dict[str, Callable[[], keras.Model]] = {
    "MultiHeadAttention": lambda: attended(L.MultiHeadAttention(2, 4, name="frozen")),
    "GroupQueryAttention": lambda: attended(L.GroupQueryAttention(4, 2, 2, name="frozen")),
    "ConvLSTM2D": lambda: on_images(L.ConvLSTM2D(2, 3, name="frozen")),
    "LSTM": lambda: on_sequence(L.LSTM(2, name="frozen")),
    "Bidirectional": lambda: on_sequence(L.Bidirectional(L.LSTM(2), name="frozen")),
    "TimeDistributed": lambda: on_sequence(L.TimeDistributed(L.Dense(2), name="frozen")),
    "stacked cells": lambda: on_sequence(L.RNN([L.LSTMCell(2), L.GRUCell(3)], name="frozen")),
    "a model": lambda: on_sequence(keras.Sequential([keras.Input((4, 6)), L.LSTM(3)], name="frozen")),
    "SpectralNormalization": lambda: on_sequence(L.SpectralNormalization(L.Dense(3), name="frozen")),
}


def trainable(model: keras.Model) -> int:
    return sum(math.prod(weight.shape) for weight in model.trainable_variables)


@pytest.mark.parametrize("container", ["keras", "h5", "json"])
@pytest.mark.parametrize("is_whole", [True, False], ids=["whole", "innermost"])
@pytest.mark.parametrize("name", MAKERS)
def test_totals_are_those_of_the_reloaded_file(name: str, is_whole: bool, container: str, tmp_path: Path) -> None:
    model = MAKERS[name]()
    layer = model.get_layer("frozen")
    (layer if is_whole else list(layer._flatten_layers())[-1]).trainable = False
    path = tmp_path / f"model.{container}"
    if container == "json":
        path.write_text(model.to_json(), encoding="utf-8")
        reloaded = keras.models.model_from_json(path.read_text(encoding="utf-8"))
    else:
        model.save(path)
        reloaded = keras.models.load_model(path)
    assert trainable(model) < model.count_params()
    totals = lstmlint.summary(str(path)).to_dict()["totals"]
    assert (totals["params"], totals["trainable"]) == (reloaded.count_params(), trainable(reloaded))
