"""Keras archives: `config.json`, `metadata.json` and `model.weights.h5` in a zip (Keras 3, `saving/saving_lib.py`)."""

from __future__ import annotations

import json
import os
import zipfile
from typing import Any

from lstmlint.fixing.repairs.modules import MODELS
from lstmlint.fixing.writers.atomic import new_file, new_hdf5
from lstmlint.fixing.writers.h5_file import put
from lstmlint.fixing.writers.json_file import serialized
from lstmlint.fixing.writers.parts import variables
from lstmlint.fixing.writers.records import compile_config
from lstmlint.fixing.writers.source_tensors import lacks_weights, root_of
from lstmlint.fixing.writers.weights import filled
from lstmlint.fixing.writers.writer import NO_WEIGHTS, FileWriter, Output, UnwritableError
from lstmlint.ir.document import Container
from lstmlint.keras.versions import Target
from lstmlint.readers import keras_zip, source
from lstmlint.running.parts import new_part

ASSETS = "assets/"
OPTIMIZER = "optimizer"

#: The date of entries and model, so that an equal model gives an equal file.
EPOCH = (1980, 1, 1, 0, 0, 0)

#: The first Keras 2 whose archives name the groups of weights as those of Keras 3.
FIRST = (2, 15)

STATE_LEFT = "the state of the optimizer, which is laid out in another way today; training goes on with a fresh one"


def write(output: Output, path: str) -> tuple[str, ...]:
    """Write the model and its weights.

    Raises:
        UnwritableError: the original has no weights, or they do not fit.
    """
    if lacks_weights(output.draft.document):
        raise UnwritableError(NO_WEIGHTS)
    target = output.draft.target
    if not reads(target):
        raise UnwritableError(f"is for {target.name}, which reads no such archive; name it .h5", path)
    metadata = {"keras_version": output.keras_version, "date_saved": "1980-01-01@00:00:00"}
    with new_file(path) as temporary:
        weights = new_part(path)
        try:
            remarks = write_weights(output, weights)
            with zipfile.ZipFile(temporary, "w") as archive:
                put_text(archive, keras_zip.METADATA, json.dumps(metadata))
                put_text(archive, keras_zip.CONFIG, json.dumps(located(output)))
                with open(weights, "rb") as stream, archive.open(entry(keras_zip.WEIGHTS), "w", force_zip64=True) as to:
                    while chunk := stream.read(keras_zip.COPY_BYTES):
                        to.write(chunk)
                put_assets(archive, output)
        finally:
            os.unlink(weights)
    return remarks


def reads(target: Target) -> bool:
    """Whether a Keras reads archives as they are written here."""
    return target.is_keras3 or target.version >= FIRST


def located(output: Output) -> dict[str, Any]:
    """The model with the module in which its class is found."""
    config = serialized(output)
    if output.draft.target.is_keras3:
        module, name = MODELS.get(config["class_name"], ("", None))
        return {"module": module, "registered_name": name, **config} if module else config
    name = "Sequential" if config["class_name"] == "Sequential" else "Model"
    record = compile_config(output.draft.training_config)
    compiled = {"compile_config": record} if record is not None else {}
    return {"module": "keras", "class_name": name, "config": config["config"], "registered_name": name, **compiled}


def write_weights(output: Output, path: str) -> tuple[str, ...]:
    """Write the HDF5 file of the weights: a group for each layer, named after its class."""
    document = output.draft.document
    with root_of(document) as root, new_hdf5(path) as file:
        file.create_group("layers")
        underscore = "" if output.draft.target.is_keras3 else "_"
        for one in filled(output, root):
            for place, value in zip(variables(one.part, underscore), one.tensors, strict=True):
                put(file, place, value)
            file.require_group(f"{one.part.group}/vars")
        file.require_group("vars")
        if not document.slots or not output.keeps_optimizer:
            return ()
        is_todays = document.container is Container.KERAS and (document.keras_version or "").startswith("3.")
        if is_todays and not output.draft.weights.operations and OPTIMIZER in root:
            root.file.copy(root[OPTIMIZER], file, name=OPTIMIZER)
            return ()
    return (STATE_LEFT,)


def put_text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(entry(name), text)


def entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, EPOCH)


def put_assets(archive: zipfile.ZipFile, output: Output) -> None:
    """Write the vocabularies of lookup layers, which are members of their own in an archive."""
    document = output.draft.document
    if document.container is not Container.KERAS:
        return
    with source.opened(document.path) as opened, keras_zip.archive_of(opened) as old:
        for info in old.infolist():
            name: Any = info.filename
            if name.startswith(ASSETS) and not info.is_dir() and ".." not in name.split("/"):
                archive.writestr(entry(name), keras_zip.member(old, info, keras_zip.EXPANSION_FLOOR_BYTES))


WRITER = FileWriter("Keras archive", (".keras",), Container.KERAS, write)
