"""Save models in which one layer or cell has several places, as tf.keras 2.15 does, and what it counts: `shared/`.

Run with tf.keras 2.15.1 (tensorflow-cpu 2.15.1, Python 3.11): `python tests/data/make_shared.py`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

tf: Any = importlib.import_module("tensorflow")
keras: Any = tf.keras
L: Any = keras.layers

FOLDER = Path(__file__).parent / "shared"


def stacked_cell() -> Any:
    cell, inputs = L.LSTMCell(2), keras.Input((5, 2))
    return keras.Model(inputs, L.Dense(3)(L.RNN(L.StackedRNNCells([cell, cell]))(inputs)))


def wrapped_twice() -> Any:
    dense, inputs = L.Dense(4), keras.Input((5, 4))
    return keras.Model(inputs, L.TimeDistributed(dense)(L.TimeDistributed(dense)(inputs)))


def wrapped_and_called() -> Any:
    dense, inputs = L.Dense(4), keras.Input((5, 4))
    return keras.Model(inputs, dense(L.TimeDistributed(dense)(inputs)))


def copied_by_bidirectional() -> Any:
    lstm, inputs = L.LSTM(2, return_sequences=True), keras.Input((5, 4))
    return keras.Model(inputs, L.Bidirectional(lstm)(L.Bidirectional(lstm)(inputs)))


def in_two_models() -> Any:
    dense, inputs = L.Dense(4, name="both"), keras.Input((4,))
    first, second = (keras.Sequential([keras.Input((4,)), dense], name=name) for name in ("first", "second"))
    return keras.Model(inputs, second(first(inputs)))


MODELS: tuple[Callable[[], Any], ...] = (
    stacked_cell, wrapped_twice, wrapped_and_called, copied_by_bidirectional, in_two_models,
)  # fmt: skip


def counts() -> Iterator[tuple[str, dict[str, Any]]]:
    for build in MODELS:
        model, path = build(), FOLDER / f"{build.__name__}.keras"
        model.save(path)
        yield path.name, {"total": model.count_params(), "layers": [layer.count_params() for layer in model.layers]}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "counts.json").write_text(json.dumps(dict(counts()), indent=1) + "\n", encoding="utf-8")
