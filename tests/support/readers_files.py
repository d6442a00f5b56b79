"""Model files for the tests of the readers, made byte by byte so that every one can be broken on purpose."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy

DATA = Path(__file__).parent.parent / "data"
"""Files made by real frameworks."""

MODEL: dict[str, Any] = {
    "class_name": "Sequential",
    "config": {
        "name": "sequential",
        "layers": [
            {"class_name": "LSTM", "config": {"name": "lstm_1", "units": 3, "batch_input_shape": [None, 4, 2]}},
            {"class_name": "Dense", "config": {"name": "dense_1", "units": 1}},
        ],
    },
    "keras_version": "2.3.1",
    "backend": "tensorflow",
}

LSTM_SHAPES = {"kernel": (2, 12), "recurrent_kernel": (3, 12), "bias": (12,)}
DENSE_SHAPES = {"kernel": (3, 1), "bias": (1,)}

Shapes = Mapping[str, Mapping[str, tuple[int, ...]]]

KERAS_2_WEIGHTS: Shapes = {
    "lstm_1": {f"lstm_1/{name}:0": shape for name, shape in LSTM_SHAPES.items()},
    "dropout_1": {},
    "dense_1": {f"dense_1/{name}:0": shape for name, shape in DENSE_SHAPES.items()},
}


TFJS_WEIGHTS: list[dict[str, Any]] = [
    {"name": f"{layer}/{name}", "shape": list(shape), "dtype": "float32"}
    for layer, tensors in (("dense_1", DENSE_SHAPES), ("lstm_1/lstm_cell", LSTM_SHAPES))
    for name, shape in tensors.items()
]


def json_bytes(model: Any = MODEL) -> bytes:
    """A model as JSON."""
    return json.dumps(model).encode()


def write_listed(group: h5py.Group, weights: Shapes = KERAS_2_WEIGHTS) -> None:
    """Weights as Keras 1 and 2 write them."""
    group.attrs["layer_names"] = [name.encode() for name in weights]
    group.attrs["keras_version"] = b"2.3.1"
    group.attrs["backend"] = b"tensorflow"
    for layer, tensors in weights.items():
        own = group.create_group(layer)
        own.attrs["weight_names"] = [name.encode() for name in tensors]
        for name, shape in tensors.items():
            own.create_dataset(name, data=numpy.zeros(shape, "float32"))


def write_nested(file: h5py.Group, layers: str = "layers") -> None:
    """Weights as Keras 3 writes them."""
    file.create_group("vars")
    for place, shapes in (("lstm/cell", LSTM_SHAPES), ("lstm_2/cell", LSTM_SHAPES), ("dense", DENSE_SHAPES)):
        for number, shape in enumerate(shapes.values()):
            file.create_dataset(f"{layers}/{place}/vars/{number}", data=numpy.zeros(shape, "float32"))
    file.create_group(f"{layers}/dropout/vars")
    file.create_dataset("optimizer/vars/0", data=numpy.zeros(7))


def write_whole(path: Path, config: Any = None) -> Path:
    """A whole model as Keras 2 saves it."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json_bytes() if config is None else config
        file.attrs["training_config"] = b'{"loss": "mse"}'
        file.attrs["keras_version"] = b"2.3.1"
        write_listed(file.create_group("model_weights"))
    return path


def tfjs_model(topology: Any = None, weights: Any = None, **keys: Any) -> dict[str, Any]:
    """A `model.json` as the converter of TensorFlow.js writes it; `topology` and `weights` replace the usual ones."""
    usual = {
        "keras_version": "2.15.0",
        "backend": "tensorflow",
        "model_config": {key: MODEL[key] for key in ("class_name", "config")},
        "training_config": {"loss": "mse"},
    }
    return {
        "format": "layers-model",
        "generatedBy": "keras v2.15.0",
        "convertedBy": "TensorFlow.js Converter v4.16.0",
        "userDefinedMetadata": {"keras_version": "none of Keras"},
        "modelTopology": usual if topology is None else topology,
        "weightsManifest": [
            {"paths": ["group1-shard1of1.bin"], "weights": TFJS_WEIGHTS if weights is None else weights}
        ],
        **keys,
    }


def nested_bytes() -> bytes:
    """A weights file of Keras 3."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        write_nested(file)
    return memory.getvalue()


def write_archive(
    path: Path, members: Mapping[str, bytes] | None = None, compression: int = zipfile.ZIP_STORED
) -> Path:
    """A `.keras` archive; members given replace the usual ones, and empty ones leave them out."""
    usual = {
        "metadata.json": b'{"keras_version": "3.8.0"}',
        "config.json": json_bytes({**MODEL, "compile_config": {"loss": "mse"}}),
        "model.weights.h5": nested_bytes(),
    }
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in {**usual, **(members or {})}.items():
            if data:
                archive.writestr(name, data)
    return path
