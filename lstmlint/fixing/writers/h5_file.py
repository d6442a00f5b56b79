"""Whole models in HDF5, in the form that Keras 3 reads (`legacy/saving/legacy_h5_format.py`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from lstmlint.analyses.training import RECORD_KEYS
from lstmlint.fixing.writers.atomic import new_file, new_hdf5
from lstmlint.fixing.writers.parts import in_file_order, weights_of
from lstmlint.fixing.writers.records import training_config
from lstmlint.fixing.writers.source_tensors import lacks_weights, root_of
from lstmlint.fixing.writers.weights import Filled, filled
from lstmlint.fixing.writers.writer import NO_WEIGHTS, FileWriter, Output, UnwritableError
from lstmlint.ir.document import Container

#: HDF5 stores no larger attribute; longer lists are cut into numbered pieces, as Keras does.
ATTRIBUTE_BYTES = 64512

TOP_LEVEL = "top_level_model_weights"
OPTIMIZER = "optimizer_weights"


def write(output: Output, path: str) -> tuple[str, ...]:
    """Write the model and its weights.

    Raises:
        UnwritableError: the original has no weights, or they do not fit.
    """
    if lacks_weights(output.draft.document):
        raise UnwritableError(NO_WEIGHTS)
    with new_file(path) as temporary, root_of(output.draft.document) as root, new_hdf5(temporary) as file:
        file.attrs["keras_version"] = output.keras_version
        file.attrs["backend"] = output.draft.document.backend or "tensorflow"
        config = {key: value for key, value in output.draft.config.items() if key not in RECORD_KEYS}
        file.attrs["model_config"] = json.dumps(config).encode()
        record = training_config(output.draft.training_config)
        if record is not None:
            file.attrs["training_config"] = json.dumps(record).encode()
        put_weights(file.create_group("model_weights"), output, root)
        return put_optimizer(file, output, root)


def put_weights(group: Any, output: Output, root: Any) -> None:
    """The weights of every layer, in the order in which Keras loads them."""
    group.attrs["keras_version"] = output.keras_version
    group.attrs["backend"] = output.draft.document.backend or "tensorflow"
    put_names(group, "layer_names", [layer.name for layer in output.model.listed_layers])
    by_layer = {name: list(parts) for name, parts in groupby(filled(output, root), lambda one: one.part.path[0])}
    for layer in output.model.listed_layers:
        put_layer(group.create_group(layer.name), by_layer.get(layer.name, []))
    put_layer(group.create_group(TOP_LEVEL), [])


def put_layer(group: Any, parts: list[Filled]) -> None:
    """The tensors of one layer of the outermost model."""
    values: Mapping[tuple[str, ...], Filled] = {one.part.path: one for one in parts}
    names: list[str] = []
    for part, index in in_file_order([one.part for one in parts]):
        name = "/".join((*part.path, weights_of(part)[index].name))
        name = f"{name}_{index}" if name in names else name
        names.append(name)
        put(group, name, values[part.path].tensors[index])
    put_names(group, "weight_names", names)


def put(group: Any, name: str, value: Any) -> None:
    """Write a tensor: a dataset is copied as it is stored, an array is written."""
    import h5py

    if isinstance(value, h5py.Dataset):
        parent, _, last = name.rpartition("/")
        target = group.require_group(parent) if parent else group
        value.file.copy(value, target, name=last)
    else:
        group.create_dataset(name, data=value)


def put_names(group: Any, name: str, names: list[str]) -> None:
    """Write a list of names as an attribute, in numbered pieces where it is too long for one."""
    import numpy as np

    data = [text.encode() for text in names]
    pieces = 1
    chunks = np.array_split(np.asarray(data), pieces)
    while any(chunk.nbytes > ATTRIBUTE_BYTES for chunk in chunks):
        pieces += 1
        chunks = np.array_split(np.asarray(data), pieces)
    if pieces == 1:
        group.attrs[name] = data
    for number, chunk in enumerate(chunks if pieces > 1 else ()):
        group.attrs[f"{name}{number}"] = chunk


def put_optimizer(file: Any, output: Output, root: Any) -> tuple[str, ...]:
    """Write the state of the optimizer, where today's Keras understands it."""
    document = output.draft.document
    if not document.slots or not output.keeps_optimizer:
        return ()
    is_todays = document.container is Container.H5 and (document.keras_version or "").startswith("3.")
    if is_todays and not output.draft.weights.operations and OPTIMIZER in root:
        root.file.copy(root[OPTIMIZER], file, name=OPTIMIZER)
        return ()
    return ("the state of the optimizer, which is laid out in another way today; training goes on with a fresh one",)


WRITER = FileWriter("HDF5", (".h5", ".hdf5"), Container.H5, write)
