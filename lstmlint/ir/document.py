"""The first noun: what a reader found in a file, as plain JSON and tensor shapes, whatever the container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]

#: What is given as a path for standard input, and how messages name a document that comes through it.
STANDARD_INPUT = "-"
STREAM = "<stdin>"


class FileError(Exception):
    """What went wrong with a file: `reason` says what and what to do, and `path` names the file where it is known.

    What reads a file raises it with the reason alone; the public API adds the path, which commands print themselves.
    """

    def __init__(self, reason: str = "", path: str = "") -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class UnreadableError(FileError):
    """The input cannot be read; the message says what is wrong and what to do."""


class NotAModelError(FileError):
    """The input is readable and has nothing to do with Keras; commands count and skip it."""


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
class Position:
    """Where a value stands in a text: its line, and the columns from which and up to which it goes on that line.

    All are counted from 1; columns count characters, `byte` and `byte_end` bytes of UTF-8, and the ends stand behind
    the last one. Places are equal where line and column are.
    """

    line: int
    column: int
    end: int = field(default=0, compare=False)
    byte: int = field(default=0, compare=False)
    byte_end: int = field(default=0, compare=False)


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
    """How stored layers are named: after the layer, or after its class and position among its like.

    Those of tf.keras 2.12 to 2.14 lie among checkpoint dependencies, where a layer with weights may count twice.
    """

    LAYER_NAME = "layer name"
    CLASS_NAME = "class name"
    CHECKPOINT_NAME = "class name among checkpoint dependencies"


class Detour(StrEnum):
    """How an HDF5 file can keep elsewhere what it seems to hold."""

    EXTERNAL_LINK = "external link"
    SOFT_LINK = "soft link"
    OTHER_LINK = "user-defined link"
    EXTERNAL_STORAGE = "external storage"
    VIRTUAL_DATASET = "virtual dataset"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A place in an HDF5 file whose content lies elsewhere; nothing is read there. `target` is what the file names."""

    place: str
    detour: Detour
    target: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """A dataset that does not store its bytes as they are: what it declares and what the file has of it."""

    place: str
    shape: tuple[int, ...]
    declared_bytes: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of an archive as its directory lists it; those of an archive in it have its name before theirs.

    `mode` is that of Unix with the kind of file, 0 where none is given. `start` are the first bytes, of entries that
    are no part of every model.
    """

    name: str
    size: int
    stored_size: int
    mode: int = 0
    is_encrypted: bool = False
    start: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that one JSON object has several times. `place` is the text in the container, `pointer` leads into it."""

    place: str
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Attachment:
    """A serialized object beside the model that Keras builds, too."""

    place: str
    value: Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a reader saw of the container itself, as plain facts; rules judge them."""

    elsewhere: tuple[Elsewhere, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    members: tuple[Member, ...] = ()
    repeated_keys: tuple[RepeatedKey, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def with_weights(self, other: Evidence) -> Evidence:
        """This evidence with that of another file that holds the weights."""
        return replace(
            self,
            elsewhere=(*self.elsewhere, *other.elsewhere),
            allocations=(*self.allocations, *other.allocations),
        )


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content in plain form.

    `config` is the serialized model (`{"class_name": ..., "config": ...}`), `None` where the container holds
    no architecture. `config_place` says where in the container it lies (`model_config`, `config.json`, or empty).
    `stored` is `None` where the container holds no weights. `remarks` are irregularities of the text itself.
    `weights_path` is the file that the stored tensors come from, where it is another one. `slots` are the stored
    variables of the optimizer, in its order.
    """

    path: str
    container: Container
    config: Mapping[str, Any] | None = field(repr=False)
    config_place: str = ""
    keras_version: str | None = None
    backend: str | None = None
    training_config: Mapping[str, Any] | None = field(default=None, repr=False)
    stored: tuple[StoredLayer, ...] | None = field(default=None, repr=False)
    stored_by: WeightNaming = WeightNaming.LAYER_NAME
    remarks: tuple[str, ...] = ()
    text: str | None = field(default=None, repr=False)
    weights_path: str | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, repr=False)
    slots: tuple[StoredTensor, ...] = field(default=(), repr=False)

    @property
    def given_path(self) -> str:
        """The path as it was given to the program."""
        return STANDARD_INPUT if self.path == STREAM else self.path

    @property
    def config_steps(self) -> Pointer:
        """The keys that lead from the outermost object of a JSON text to the config in it."""
        return tuple(filter(None, self.config_place.split("/"))) if self.text is not None else ()
