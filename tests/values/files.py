"""HDF5 files with chosen values, as Keras 2.15 lays them out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

UNITS, FEATURES = 16, 3

GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


def orthogonal(units: int, gates: int, seed: int = 0) -> Array:
    """A recurrent kernel `(units, gates * units)` as Keras draws it."""
    drawn = np.random.default_rng(seed).standard_normal((gates * units, units))
    return np.linalg.qr(drawn)[0].T.astype(np.float32)


def untrained(kind: str = "LSTM", units: int = UNITS, features: int = FEATURES) -> dict[str, Array]:
    """The tensors of a recurrent layer as Keras initialises them."""
    gates = GATES[kind]
    limit = np.sqrt(6 / (features + gates * units))
    kernel = np.random.default_rng(1).uniform(-limit, limit, (features, gates * units))
    bias = np.zeros(gates * units, np.float32)
    if kind == "LSTM":
        bias[units : 2 * units] = 1
    return {
        "kernel": kernel.astype(np.float32),
        "recurrent_kernel": orthogonal(units, gates),
        "bias": bias,
    }


def write(path: Path, tensors: Mapping[str, Array], kind: str = "LSTM", **options: Any) -> Path:
    """A whole model of one recurrent layer; `options` are those of every dataset."""
    units, features = tensors["recurrent_kernel"].shape[0], tensors["kernel"].shape[0]
    layers = [
        {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 9, features]}},
        {"class_name": kind, "config": {"name": "rnn", "units": units}},
    ]
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": layers}})
        group = file.create_group("model_weights/rnn")
        file["model_weights"].attrs["layer_names"] = [b"rnn"]
        group.attrs["weight_names"] = [f"rnn/{name}:0".encode() for name in tensors]
        for name, values in tensors.items():
            group.create_dataset(f"rnn/{name}:0", data=values, **options)
    return path
