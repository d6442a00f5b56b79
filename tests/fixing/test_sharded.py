"""Weights in shards, as Keras 3 writes them, beside an architecture."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import lstmlint


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_shards_become_one_file(suffix: str, tmp_path: Path) -> None:
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((5, 3)), layers.Bidirectional(layers.LSTM(8, return_sequences=True)), layers.GRU(4)]
    )
    (tmp_path / "model.json").write_text(model.to_json(), encoding="utf-8")
    model.save_weights(tmp_path / "model.weights.json", max_shard_size=2e-6)
    assert len(list(tmp_path.glob("*.weights.h5"))) > 1
    new = tmp_path / f"new{suffix}"
    found = lstmlint.fix(tmp_path / "model.json", new, weights=tmp_path / "model.weights.json")
    assert (found.output, found.left) == (str(new), ())
    steps = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
    again = keras.models.load_model(new, compile=False)
    np.testing.assert_array_equal(again.predict(steps, verbose=0), model.predict(steps, verbose=0))
