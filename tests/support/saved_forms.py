"""Every form of a model's architecture and weights on disk, written by Keras or from its documentation."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import keras
import yaml

from lstmlint.ir.model import Model
from lstmlint.pipeline import load

#: The size of a shard: it holds at most a few layers, but every single tensor must fit into one.
SHARD_GIGABYTES = 1e-3


def as_json(model: keras.Model, folder: Path) -> Model:
    return load(_architecture(model, folder))


def as_yaml(model: keras.Model, folder: Path) -> Model:
    """YAML, as Keras 1 and 2 wrote it of the same config."""
    path = folder / "model.yaml"
    path.write_text(yaml.safe_dump(json.loads(model.to_json())), encoding="utf-8")
    return load(str(path))


def as_h5(model: keras.Model, folder: Path) -> Model:
    path = folder / "model.h5"
    model.save(path)
    return load(str(path))


def as_archive(model: keras.Model, folder: Path) -> Model:
    path = folder / "model.keras"
    model.save(path)
    return load(str(path))


def as_pair(model: keras.Model, folder: Path) -> Model:
    weights = folder / "other.weights.h5"
    model.save_weights(weights)
    return load(_architecture(model, folder), str(weights))


def as_shards(model: keras.Model, folder: Path) -> Model:
    weights = folder / "other.weights.json"
    model.save_weights(weights, max_shard_size=SHARD_GIGABYTES)
    return load(_architecture(model, folder), str(weights))


def as_tensorflow_js(model: keras.Model, folder: Path) -> Model:
    """The topology and the manifest that the converter of TensorFlow.js makes from an H5 file."""
    model.save(folder / "source.h5")
    with h5py.File(folder / "source.h5") as file:
        topology = {
            "keras_version": file.attrs["keras_version"],
            "backend": file.attrs["backend"],
            "model_config": json.loads(file.attrs["model_config"]),
        }
        manifest = [{"paths": ["group1-shard1of1.bin"], "weights": list(_tensors(file["model_weights"]))}]
    path = folder / "tfjs.json"
    whole = {"format": "layers-model", "modelTopology": topology, "weightsManifest": manifest}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return load(str(path))


def _tensors(group: Any) -> Iterator[dict[str, Any]]:
    """The entries of the manifest; names begin with the layer's, before which Keras 3 puts the model's."""
    for layer in group.attrs["layer_names"]:
        for name in group[layer].attrs["weight_names"]:
            tensor = group[layer][name]
            path = str(name).split("/")
            within = path[path.index(layer) :] if layer in path else [layer, *path[1:]]
            yield {"name": "/".join(within), "shape": list(tensor.shape), "dtype": str(tensor.dtype)}


def _architecture(model: keras.Model, folder: Path) -> str:
    path = folder / "model.json"
    path.write_text(model.to_json(), encoding="utf-8")
    return str(path)


FORMS: Mapping[str, Callable[[keras.Model, Path], Model]] = {
    "json": as_json, "yaml": as_yaml, "h5": as_h5, "keras": as_archive, "json and weights": as_pair,
    "json and shards": as_shards, "tfjs": as_tensorflow_js,
}  # fmt: skip

#: Form -> the form whose reloaded model is the truth, where that is not the model in memory.
RELOADED: Mapping[str, str] = {
    "json": "json", "yaml": "json", "json and weights": "json", "json and shards": "json", "h5": "h5", "tfjs": "h5",
    "keras": "keras",
}  # fmt: skip


#: The forms whose names of weights are Keras' own.
WRITTEN_BY_KERAS = FORMS.keys() - {"tfjs"}

#: The forms that a model without weights does not have.
OF_WEIGHTS = frozenset({"json and weights", "json and shards"})


def answers(model: keras.Model, folder: Path) -> dict[str, Model]:
    """The model that lstmlint infers, for each form in which Keras can save it."""
    found = {}
    for name, form in FORMS.items():
        if model.weights or name not in OF_WEIGHTS:
            with contextlib.suppress(TypeError):  # Keras copies what configs hold for H5, and cannot copy all of it
                found[name] = form(model, folder)
    return found
