"""Files as Keras lays them out, of any size, without Keras: values of zero, an own config."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np


def config_of(layers: int, words: int = 0) -> bytes:
    """A sequential config of LSTMs, with a name of so many letters more."""
    inner: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 5, 4], "name": "input" + "x" * words}}
    ]
    inner += [
        {"class_name": "LSTM", "config": {"units": 4, "return_sequences": True, "name": f"lstm_{number}"}}
        for number in range(layers)
    ]
    return json.dumps({"class_name": "Sequential", "config": {"name": "big", "layers": inner}}).encode()


def h5(
    path: Path, megabytes: float, layers: int, *, words: int = 0, libver: str = "earliest", chunks: bool = False
) -> None:
    """A whole model in H5 whose values take so many megabytes."""
    with h5py.File(path, "w", libver=(libver, "latest")) as file:
        file.attrs["keras_version"] = "3.15.0"
        file.attrs["backend"] = "jax"
        file.attrs["model_config"] = config_of(layers, words)
        group = file.create_group("model_weights")
        names = [f"lstm_{number}" for number in range(layers)]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            inner = group.create_group(name)
            inner.attrs["weight_names"] = [f"{name}/lstm_cell/{kind}".encode() for kind in ("kernel", "bias")]
            _fill(inner, f"{name}/lstm_cell/kernel", megabytes / layers, chunks)
            _fill(inner, f"{name}/lstm_cell/bias", 0, False)


def keras(
    path: Path, megabytes: float, layers: int, *, words: int = 0, libver: str = "earliest", chunks: bool = False
) -> None:
    """An archive of Keras 3 whose values take so many megabytes."""
    weights = path.with_suffix(".weights")
    with h5py.File(weights, "w", libver=(libver, "latest")) as file:
        for number in range(layers):
            place = f"layers/lstm{f'_{number}' if number else ''}/cell/vars"
            _fill(file, f"{place}/0", megabytes / layers, chunks)
            _fill(file, f"{place}/1", 0, False)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.0"}))
        archive.writestr("config.json", config_of(layers, words))
        archive.write(weights, "model.weights.h5")
    weights.unlink()


def _fill(group: Any, name: str, megabytes: float, chunks: bool) -> None:
    shape = (max(1, int(megabytes * 2**20 / 64)), 16)
    data = np.random.default_rng(1).random(shape, dtype=np.float32)
    if chunks:
        group.create_dataset(name, data=data, chunks=(min(shape[0], 1024), 16), compression="gzip", compression_opts=1)
    else:
        group.create_dataset(name, data=data)
