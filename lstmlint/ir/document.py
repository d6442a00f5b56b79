"""The first noun, `Document`: the content of a file as plain JSON and tensor shapes, whatever the container."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from lstmlint.ir.dataclass import dataclass, field, replace

Pointer: TypeAlias = tuple[str | int, ...]

#: The path that stands for standard input, and the name of its document in messages.
STANDARD_INPUT = "-"
STREAM = "<stdin>"


class FileError(Exception):
    """A problem with a file: `reason` says what is wrong and what to do, `path` names the file where it is known.

    Readers raise it with the reason alone; the public API adds the path. Commands print the path themselves.
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
    """The position of a value in a text: its line, and its first and last column on that line.

    All numbers count from 1. Columns count characters, `byte` and `byte_end` count bytes of UTF-8; an end is one behind
    the last. Two positions are equal if line and column are equal.
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
    """The names of stored layers: the layer's name, or its class and its number among layers of that class.

    tf.keras 2.12 to 2.14 name them among checkpoint dependencies, where a layer with weights may count twice.
    """

    LAYER_NAME = "layer name"
    CLASS_NAME = "class name"
    CHECKPOINT_NAME = "class name among checkpoint dependencies"


class Detour(StrEnum):
    """The ways in which an HDF5 file can store elsewhere what it seems to hold."""

    EXTERNAL_LINK = "external link"
    SOFT_LINK = "soft link"
    OTHER_LINK = "user-defined link"
    EXTERNAL_STORAGE = "external storage"
    VIRTUAL_DATASET = "virtual dataset"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A place in an HDF5 file whose content lies elsewhere; nothing is read there. `target` is the name in the file."""

    place: str
    detour: Detour
    target: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """A dataset that is not stored contiguously: the size that it declares, and the size that the file stores."""

    place: str
    shape: tuple[int, ...]
    declared_bytes: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of an archive as its directory lists it; entries of an inner archive have its name before theirs.

    `mode` is the Unix mode with the kind of file, 0 where none is stated. `start` holds the first bytes of an entry
    that Keras does not write into every model.
    """

    name: str
    size: int
    stored_size: int
    mode: int = 0
    is_encrypted: bool = False
    start: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that one JSON object has several times; `pointer` leads to it in the text at `place` in the container."""

    place: str
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Attachment:
    """A serialized object beside the model, which Keras builds as well."""

    place: str
    value: Any


@dataclass(frozen=True, slots=True)
class NamedFile:
    """Another file that a model names for its weights; `place` is the place of this name."""

    place: str
    target: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts about the container itself, from a reader; rules judge them.

    `also` are the other formats of the bytes in the file; `before` is the number of bytes before an archive.
    """

    elsewhere: tuple[Elsewhere, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    members: tuple[Member, ...] = ()
    repeated_keys: tuple[RepeatedKey, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    named_files: tuple[NamedFile, ...] = ()
    also: tuple[str, ...] = ()
    before: int = 0

    def with_weights(self, other: Evidence) -> Evidence:
        """This evidence, and the evidence of another file that holds the weights."""
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
    no architecture. `config_place` is its place in the container (`model_config`, `config.json`, or empty).
    `stored` is `None` where the container holds no weights. `remarks` are irregularities of the text itself.
    `weights_path` is the other file that holds the stored tensors, where there is one. `slots` are the stored variables
    of the optimizer, in its order. `lacking` are the places of tensors, layers and lists that an H5 file should hold
    and lacks. `training_damage` is the error of Python for a record of training that is no JSON.
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
    lacking: frozenset[str] = frozenset()
    training_damage: str = ""

    @property
    def given_path(self) -> str:
        """The path as it was given to the program."""
        return STANDARD_INPUT if self.path == STREAM else self.path

    @property
    def config_steps(self) -> Pointer:
        """The keys that lead from the outermost object of a JSON text to the config in it."""
        return tuple(filter(None, self.config_place.split("/"))) if self.text is not None else ()
