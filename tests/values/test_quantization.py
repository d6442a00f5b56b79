"""Recurrent layers in fewer bits: errors and states are those of NumPy and of real Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.support.commands import printed, said
from tests.support.truth import FIXTURES
from tests.values.files import Array, untrained, write

LAYERS: dict[str, Any] = {
    "lstm": lambda: keras.layers.LSTM(6, name="rnn"),
    "hard": lambda: keras.layers.LSTM(6, name="rnn", recurrent_activation="hard_sigmoid", use_bias=False),
    "gru": lambda: keras.layers.GRU(5, name="rnn"),
    "before": lambda: keras.layers.GRU(5, name="rnn", reset_after=False, go_backwards=True),
    "simple": lambda: keras.layers.SimpleRNN(7, name="rnn", return_sequences=False),
}


def quantization(path: Path) -> Any:
    return printed("summary", "--values", "--isolated", "--format", "json", str(path))["values"]["quantization"]


def half(tensor: Array) -> Array:
    return tensor.astype(np.float16).astype(np.float32)


def whole(tensor: Array) -> Array:
    step = np.abs(tensor).max() / 127
    rounded: Array = np.round(tensor / step) * step
    return rounded


def by_column(tensor: Array) -> Array:
    return np.stack([whole(column[:, None])[:, 0] for column in tensor.T], axis=1)


def distance(one: Array, other: Array) -> float:
    return float(np.linalg.norm(other - one) / np.linalg.norm(one))


@pytest.mark.parametrize("name", LAYERS)
def test_errors_and_states_are_those_of_keras(name: str, tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    model = keras.Sequential([keras.layers.Input((50, 3)), LAYERS[name]()])
    tensors = [random.normal(0, 0.8, one.shape).astype(np.float32) for one in model.get_weights()]
    model.set_weights(tensors)
    model.save(tmp_path / "m.keras")
    sequences = np.random.default_rng(1).standard_normal((4, 50, 3)).astype(np.float32)
    before = model.predict(sequences, verbose=0)
    (cell,) = quantization(tmp_path / "m.keras")
    assert (cell["path"], cell["unknown_because"]) == ("rnn", None)
    changes = {
        "float16": [half(one) for one in tensors],
        "int8 per tensor": [*map(whole, tensors[:2]), *tensors[2:]],
        "int8 per output column": [*map(by_column, tensors[:2]), *tensors[2:]],
    }
    assert [one["format"] for one in cell["formats"]] == list(changes)
    for one, changed in zip(cell["formats"], changes.values(), strict=True):
        kernels = [np.concatenate([tensor.ravel() for tensor in every[:2]]) for every in (tensors, changed)]
        assert one["weight_error"] == pytest.approx(distance(*kernels), rel=1e-4)
        model.set_weights(changed)
        moved = distance(before, model.predict(sequences, verbose=0))
        assert one["state_change"] == pytest.approx(moved, rel=2e-2, abs=2e-6)
        assert one["overflow"] == 0


@pytest.mark.parametrize(
    ("fixture", "cells"),
    [
        ("keras-1.2.2/lstm-72.h5", 1), ("keras-1.2.2/bidirectional-tagger.h5", 2), ("keras-2.15.0/cudnn.h5", 2),
        ("keras-3.15.1/bidirectional-tagger.keras", 2),
    ],
)  # fmt: skip
def test_every_layout_and_direction_is_measured(fixture: str, cells: int) -> None:
    found = quantization(FIXTURES / fixture)
    assert [(len(one["formats"]), one["unknown_because"]) for one in found] == [(3, None)] * cells
    assert all(0 < one["state_change"] < 0.5 for cell in found for one in cell["formats"])


def test_what_becomes_infinite_is_counted_and_not_computed(tmp_path: Path) -> None:
    tensors = untrained()
    tensors["kernel"][0, :4] = [65504, 65519, 65520, -1e30]
    (cell,) = quantization(write(tmp_path / "m.h5", tensors))
    first, *others = cell["formats"]
    assert (first["overflow"], first["weight_error"], first["state_change"]) == (2, "unknown", "unknown")
    assert [one["overflow"] for one in others] == [0, 0]
    assert cell["unknown_because"] == "values are beyond the range of float16"


def test_what_is_not_known_says_why(tmp_path: Path) -> None:
    tensors = untrained()
    (cell,) = quantization(write(tmp_path / "zero.h5", {name: one * 0 for name, one in tensors.items()}))
    assert [one["weight_error"] for one in cell["formats"]] == ["unknown"] * 3
    assert "zero" in cell["unknown_because"]
    none = {**tensors, "kernel": tensors["kernel"][:0]}
    (cell,) = quantization(write(tmp_path / "none.h5", none))
    assert cell["formats"][0]["weight_error"] < 1e-3
    (cell,) = quantization(FIXTURES / "values" / "nan.keras")
    assert (cell["formats"], cell["unknown_because"]) == ([], "it holds values that are not finite")
    wide = write(tmp_path / "wide.h5", untrained("SimpleRNN", units=1500), "SimpleRNN", compression="gzip")
    (cell,) = quantization(wide)
    assert "more than 2,097,152 values" in cell["unknown_because"]


def test_the_text_says_what_was_measured_and_forecasts_nothing() -> None:
    text = said("summary", "--isolated", "--values", str(FIXTURES / "values" / "trained.keras"))
    assert "int8 per output column" in text
    assert "no forecast of accuracy" in text
