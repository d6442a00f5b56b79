"""The first noun: what a reader found in a file, as plain JSON and tensor shapes, whatever the container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]


class UnreadableError(Exception):
    """The input cannot be read; the message says what is wrong and what to do, without the file's name."""


class NotAModelError(Exception):
    """The input is readable and has nothing to do with Keras; it is counted and skipped."""


class Container(StrEnum):
    """The file formats that readers understand."""

    JSON = "json"
    H5 = "h5"
    KERAS = "keras"
    TFJS = "tfjs"
    SAVED_MODEL = "saved_model"
    YAML = "yaml"
    SHARDS = "shards"


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor in a weights container. `name` is its name within its layer, `place` its path in the file."""

    name: str
    place: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """The stored tensors of one layer of the outermost model, in the order in which Keras loads them.

    `name` is the layer's name in Keras 1/2 H5 files; in `.keras` archives, whose groups are named after
    classes, it is the name of the group (`lstm`, `lstm_1`).
    """

    name: str
    tensors: tuple[StoredTensor, ...]


class WeightNaming(StrEnum):
    """How stored layers are named: after the layer, or after its class and position among its like."""

    LAYER_NAME = "layer name"
    CLASS_NAME = "class name"


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content in plain form.

    `config` is the serialized model (`{"class_name": ..., "config": ...}`), `None` where the container holds
    no architecture. `config_place` says where in the container it lies (`model_config`, `config.json`, or empty).
    `stored` is `None` where the container holds no weights. `remarks` are irregularities of the text itself.
    `weights_path` is the file that the stored tensors come from, where it is another one.
    """

    path: str
    container: Container
    config: Mapping[str, Any] | None
    config_place: str = ""
    keras_version: str | None = None
    backend: str | None = None
    training_config: Mapping[str, Any] | None = None
    stored: tuple[StoredLayer, ...] | None = None
    stored_by: WeightNaming = WeightNaming.LAYER_NAME
    remarks: tuple[str, ...] = ()
    text: str | None = field(default=None, repr=False)
    weights_path: str | None = None
