"""SavedModel metadata: the wire format, the root node, and what damages such files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lstmlint
from lstmlint import readers
from lstmlint.ir.document import Container, NotAModelError
from lstmlint.readers import saved_model
from lstmlint.readers.wire import WireError, fields
from tests.support import readers_files as files
from tests.support.readers import refusal

FILE = files.DATA / "saved_model" / "keras_metadata.pb"
CONVERTED = "was damaged by line-ending conversion; commit it as binary (.gitattributes)"


def length(size: int) -> bytes:
    """A number as a varint."""
    parts = []
    while size > 0x7F:
        parts.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*parts, size])


def field(number: int, data: bytes) -> bytes:
    """A field of bytes."""
    return length(number << 3 | 2) + length(len(data)) + data


def node(path: str, identifier: str, metadata: object) -> bytes:
    """A node of a file of metadata."""
    text = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
    return field(1, b"\x10\x0d" + field(3, path.encode()) + field(4, identifier.encode()) + field(5, text))


def test_file_of_tensorflow() -> None:
    document = readers.read(str(FILE))
    assert document.container is Container.SAVED_MODEL
    assert document.config is not None
    assert document.config.keys() == {"class_name", "config"}
    assert document.config_place == "root"
    assert (document.keras_version, document.backend) == ("2.15.0", "tensorflow")
    assert document.training_config is not None
    assert document.stored is None
    assert "__tuple__" not in json.dumps(document.config)
    model = lstmlint.load(str(FILE))
    assert model.params == 604
    assert {layer.name: layer.params for layer in model.layers}["both"] == 320


def test_subclassed_model_is_known_by_its_class() -> None:
    document = readers.read(str(FILE.with_name("subclassed.pb")))
    assert document.config == {"class_name": "Own", "config": {}}


def test_file_is_known_under_any_name() -> None:
    assert readers.read_bytes(FILE.read_bytes()).container is Container.SAVED_MODEL
    assert readers.is_candidate(str(FILE.with_name("subclassed.pb")))


@pytest.mark.parametrize("path", [FILE, FILE.with_name("subclassed.pb")])
def test_line_ending_conversion_is_told(path: Path) -> None:
    data = path.read_bytes()
    assert refusal(data.replace(b"\n", b"\r\n")) == CONVERTED


@pytest.mark.parametrize("size", [13, 13 << 7 | 5])
def test_line_ending_conversion_of_a_length_is_told(size: int) -> None:
    """A length of which a byte looks like a line end, before a field whose key does."""
    padding = {"class_name": "Sequential", "config": {"name": "x" * 4000}}
    data = node("root", "_tf_keras_sequential", padding) + field(1, field(3, b"root.a") + field(5, b"{" * size))
    assert readers.read_bytes(data).config == padding
    assert refusal(data.replace(b"\r", b"\n")) == CONVERTED


def test_other_damage_is_told() -> None:
    data = FILE.read_bytes()
    assert refusal(data[:-100]) == "is truncated or damaged SavedModel metadata; save or download it again"
    assert "bytes were replaced" in refusal(data.decode(errors="replace").encode(), "keras_metadata.pb")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            node("root", "_tf_keras_sequential", b'{"class_name": "Sequential", "con'),
            "a root node that is not valid JSON",
        ),
        (
            node("root", "_tf_keras_sequential", b"[" + b" " * 200 + b"]"),
            "a root node that is JSON, but not a Keras model",
        ),
        (node("root", "_tf_keras_sequential", b"\xff{}"), "a root node that is not valid UTF-8"),
        (b"\n\x85\x01\x1a\x04root_tf_keras_", "is truncated or damaged"),
        (b"\n\x10\x1a\x04root\x22\x00\x2a\x04\xff\xff_tf_keras_", "is truncated or damaged"),
    ],
)
def test_metadata_that_is_broken_is_refused(data: bytes, message: str) -> None:
    assert message in refusal(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (node("root", "_tf_keras_layer", {"class_name": "Dense", "config": {}}), "whose root is not a Keras model"),
        (node("root.layer", "_tf_keras_model", {"class_name": "A", "config": {}}), "whose root is not a Keras model"),
        (node("root", "_tf_keras_model", {"class_name": "A"}), "is a subclassed model, whose architecture is code"),
    ],
)
def test_metadata_without_a_model_is_skipped(data: bytes, message: str) -> None:
    with pytest.raises(NotAModelError, match=message):
        readers.read_bytes(data, "keras_metadata.pb")


def test_deep_config_is_refused() -> None:
    config = "[" * 500 + "]" * 500
    data = node("root", "_tf_keras_model", f'{{"class_name": "A", "config": {config}}}'.encode())
    assert "is nested too deeply" in refusal(data)


def test_file_that_only_has_the_name_is_refused() -> None:
    assert "is not the metadata of a SavedModel" in refusal(b"\x00" * 100, "keras_metadata.pb")


def test_more_nodes_than_any_model_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_model, "MAX_NODES", 3)
    assert "more objects than any model" in refusal(FILE.read_bytes())


def test_fields_of_every_kind() -> None:
    message = b"\x08\x96\x01" + b"\x11" + b"a" * 8 + b"\x1a\x02hi" + b"\x25" + b"b" * 4
    assert list(fields(message)) == [(1, 150), (2, b"a" * 8), (3, b"hi"), (4, b"b" * 4)]


@pytest.mark.parametrize(
    "message",
    [
        b"\x08",
        b"\x08\xff",
        b"\x08" + b"\xff" * 9 + b"\x7f",
        b"\x08" + b"\x80" * 11,
        b"\x1a\x05hi",
        b"\x11abc",
        b"\x0b",
        b"\x00\x01",
    ],
)
def test_bytes_that_are_no_message(message: bytes) -> None:
    with pytest.raises(WireError):
        list(fields(message))
