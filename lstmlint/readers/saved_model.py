"""`keras_metadata.pb` of a SavedModel: the configs that Keras 2.5 to 2.15 stored for a model in TensorFlow's format.

The file is `SavedMetadata` of Keras (`keras/protobuf/saved_metadata.proto`): a node for every Keras object, with its
path from the root and its config as JSON. The weights lie in other files, which are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import Attachment, Container, Document, Evidence, NotAModelError, UnreadableError
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.readers.plain import lists_for_tuples
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import mapping_in, model_in, require_size
from lstmlint.readers.source import Source
from lstmlint.readers.wire import Value, WireError, fields

BEGINNING = lazy_pattern(rb"\r?\n.{1,24}?\x1a.{1,4}?root", re.DOTALL)
"""The beginning of the first node; it also matches a file whose line ends were changed."""

IDENTIFIER_MARK = b"_tf_keras_"
MODELS = frozenset({"_tf_keras_model", "_tf_keras_network", "_tf_keras_sequential"})
ROOT = "root"

NODE = 1
NODE_PATH, IDENTIFIER, METADATA = 3, 4, 5
"""Field numbers in the message and in each node."""

MAX_NODES = 20_000
MAX_REPAIRS = 64
MAX_REPAIRED_BYTES = 1024 * 1024
DAMAGED = "is truncated or damaged SavedModel metadata; save or download it again"
CONVERTED = "was damaged by line-ending conversion; commit it as binary (.gitattributes)"
REPLACED = "was damaged because it was taken for text (bytes were replaced); save it again and copy it as binary"
REPLACEMENT = "�".encode()


@dataclass(frozen=True, slots=True)
class SavedObject:
    """One node: a Keras object of the model."""

    path: str
    identifier: str
    metadata: bytes


def recognises(source: Source) -> bool:
    """Whether a file begins with a Keras object as a node."""
    return BEGINNING.match(source.head) is not None and IDENTIFIER_MARK in source.head


def read(source: Source) -> Document:
    """The document in a file of metadata."""
    require_size(source.size)
    data = source.read()
    try:
        saved = list(nodes(data))
    except WireError:
        raise damage(data) from None
    root = next((node for node in saved if node.path == ROOT), None)
    if root is None or root.identifier not in MODELS:
        raise NotAModelError("is the metadata of a SavedModel whose root is not a Keras model")
    return document_of(root, tuple(attachments(saved)), source.path)


def attachments(saved: list[SavedObject]) -> Iterator[Attachment]:
    """The objects of all nodes but the root; Keras builds each from its own config."""
    for node in saved:
        value = mapping_in(node.metadata) if node.path != ROOT else None
        if value is not None and isinstance(value.get("class_name"), str):
            yield Attachment(node.path, {key: lists_for_tuples(value.get(key)) for key in ("class_name", "config")})


def document_of(root: SavedObject, others: tuple[Attachment, ...], path: str) -> Document:
    """The document of the model's node and of the other nodes.

    Raises:
        UnreadableError: the node's JSON is broken.
        NotAModelError: the model and every object in it are code, which the file does not hold.
    """
    try:
        model = model_in(root.metadata, "has a root node that ")
    except NotAModelError as error:
        if b'"class_name"' in root.metadata and any(other.value["config"] for other in others):
            return Document(path, Container.SAVED_MODEL, None, evidence=Evidence(attachments=others))
        if b'"class_name"' in root.metadata:
            raise NotAModelError("is a subclassed model, whose architecture is code and not in the file") from None
        raise UnreadableError(f"{error}; save the model again") from None
    config = model.config or {}
    return Document(
        path=path,
        container=Container.SAVED_MODEL,
        # A node holds the specs of its calls as well, which are no part of a serialized model.
        config={key: lists_for_tuples(config.get(key)) for key in ("class_name", "config")},
        config_place=ROOT,
        keras_version=model.version(),
        backend=model.backend(),
        training_config=model.training_config(),
        remarks=model.remarks,
        evidence=replace(model.evidence(ROOT), attachments=others),
    )


def nodes(data: bytes) -> Iterator[SavedObject]:
    """The nodes of a file of metadata.

    Raises:
        WireError: the bytes are no such file.
        UnreadableError: it has more nodes than any model.
    """
    for count, (number, value) in enumerate(fields(data)):
        if count >= MAX_NODES:
            raise UnreadableError("holds more objects than any model; check that this is the right file")
        if number == NODE:
            yield node_of(value)


def node_of(value: Value) -> SavedObject:
    """One node.

    Raises:
        WireError: the value is no node.
    """
    if not isinstance(value, bytes):
        raise WireError("node")
    values = dict(islice(fields(value), MAX_NODES))
    try:
        path, identifier = (as_bytes(values.get(number, b"")).decode() for number in (NODE_PATH, IDENTIFIER))
    except UnicodeDecodeError:
        raise WireError("text") from None
    return SavedObject(path, identifier, as_bytes(values.get(METADATA, b"")))


def as_bytes(value: Value) -> bytes:
    """The bytes of a field.

    Raises:
        WireError: it is a number.
    """
    if not isinstance(value, bytes):
        raise WireError("number")
    return value


def damage(data: bytes) -> UnreadableError:
    """The error for bytes that are no message. It names the conversion that damaged them, where undoing it helps."""
    if len(data) <= MAX_REPAIRED_BYTES and any(map(is_message, repaired(data))):
        return UnreadableError(CONVERTED)
    return UnreadableError(REPLACED if REPLACEMENT in data else DAMAGED)


def repaired(data: bytes) -> Iterator[bytes]:
    """The bytes that a file may have had before its line ends were changed: it has few, and none in its JSON."""
    if b"\r\n" in data:
        yield data.replace(b"\r\n", b"\n")
    places = [match.start() for match in islice(re.finditer(b"\n", data), MAX_REPAIRS)]
    for place, following in zip(places, [*places[1:], None], strict=True):
        single = data[:place] + b"\r" + data[place + 1 :]
        yield data[:place] + b"\r" + data[place:]
        yield single
        if following is not None:  # the lengths of a node and of the JSON in it differ little
            yield single[:following] + b"\r" + single[following + 1 :]


def is_message(data: bytes) -> bool:
    """Whether bytes are a file of metadata."""
    try:
        return all(node.path.startswith(ROOT) for node in nodes(data))
    except (WireError, UnreadableError):
        return False


reader = Reader(
    "SavedModel metadata", recognises, read, Container.SAVED_MODEL,
    file_names=frozenset({"keras_metadata.pb"}), is_candidate=recognises,
)  # fmt: skip
