"""JSON: every form in which it holds a model, and how everything else is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lstmlint import readers
from lstmlint.ir.document import Container, NotAModelError
from lstmlint.readers.serialized import may_repeat, repeated_in
from tests.support import readers_files as files
from tests.support.readers import refusal, refused_file


def test_json_holds_a_model() -> None:
    document = readers.read_bytes(files.json_bytes(), "model.json")
    assert document.container is Container.JSON
    assert document.config == files.MODEL
    assert (document.keras_version, document.backend) == ("2.3.1", "tensorflow")
    assert document.stored is None
    assert document.remarks == ()
    assert document.text == files.json_bytes().decode()


@pytest.mark.parametrize(
    ("encoding", "remarks"),
    [("utf-8-sig", ("BOM",)), ("utf-16", ("UTF-16",)), ("utf-16-be", ("UTF-16",)), ("utf-32-le", ("UTF-32",))],
)
def test_json_in_any_unicode_encoding(encoding: str, remarks: tuple[str, ...]) -> None:
    data = files.json_bytes().decode().encode(encoding)
    for name in ("model.json", "model"):
        document = readers.read_bytes(data, name)
        assert document.config == files.MODEL
        assert document.remarks == remarks


def test_json_numbers_that_are_not_finite_are_remarked_once_each() -> None:
    text = '{"class_name": "Sequential", "config": [NaN, -Infinity, NaN, Infinity]}'
    assert readers.read_bytes(text.encode()).remarks == ("NaN", "-Infinity", "Infinity")


def test_json_encoded_twice_is_unwrapped() -> None:
    document = readers.read_bytes(json.dumps(json.dumps(files.MODEL)).encode())
    assert document.config == files.MODEL
    assert document.remarks == ("encoded twice",)
    assert document.text is None


@pytest.mark.parametrize("inner", [files.MODEL, json.dumps(files.MODEL)])
def test_json_with_the_model_under_a_key(inner: Any) -> None:
    data = json.dumps({"model_config": inner, "keras_version": "2.2.4", "training_config": {"loss": "mse"}}).encode()
    document = readers.read_bytes(data)
    assert document.config == files.MODEL
    assert document.config_place == "model_config"
    assert document.keras_version == "2.2.4"
    assert document.training_config == {"loss": "mse"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{}", "says nothing of a Keras model"),
        (b"[1, 2]", "says nothing of a Keras model"),
        (b'{"class_name": "Sequential"}', "not a Keras model"),
        (b'{"class_name": 3, "config": {}}', "not a Keras model"),
        (b'{"class_name": 3, "modelTopology": {"node": []}}', "is a TensorFlow.js graph model"),
        (b'{"class_name": 3, "weight_map": {}}', "index of weights that Keras did not write"),
        (b"{'no': json}", "says nothing of a Keras model"),
        (b"[" * 400 + b"]" * 400, "is JSON, but not a Keras model"),
        (b'{"cl\\u0061ss": 1}', "is JSON, but not a Keras model"),
    ],
)
def test_json_without_a_model_is_skipped(data: bytes, reason: str) -> None:
    with pytest.raises(NotAModelError, match=reason):
        readers.read_bytes(data, "other.json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty; save the model again"),
        (b" \n\t", "holds nothing but white space"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "run 'git lfs pull'"),
        (b'{"class_name": "Sequential",\n  "config": [}', "line 2, column 14"),
        (b'{"latin": "\xe9"}', "not valid UTF-8 (byte 11)"),
        (b'{"class_name": "\xff", "config": {}}', "not valid UTF-8 (byte 16)"),
        (b'\xef\xbb\xbf{"class_name": "\xff", "config": {}}', "not valid UTF-8 (byte 19)"),
        (b'{"class_name": "A", "config": {"a": ' + b"9" * 5000 + b"}}", "thousands of digits"),
        (b'{"class_name": "A", "config": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_json_that_is_broken_is_refused(data: bytes, message: str) -> None:
    assert message in refusal(data)


def test_json_larger_than_any_architecture_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    for start in (b'{"class_name": "Sequential", ', b'{"annotations": ['):
        path.write_bytes(start)
        os.truncate(path, 70 << 20)
        assert readers.is_candidate(str(path))
        assert "is larger than 64 MiB; a Keras architecture is not" in refused_file(path)


#: Texts of objects, with keys that they repeat.
REPEATS = {
    '{"a": 1, "b": ["x", {"c": "d"}]}': [],
    '{"a" : 1, "a" : 2}': [("a",)],
    '{"a": "x", "b": {"c": [], "c": "y"}}': [("b", "c")],
    '[{"a": "", "a": ""}, {"a": ""}]': [(0, "a")],
    '{"a": "\\u0022", "b": ":"}': [],
    '{"a": "\\"", "a": 1}': [("a",)],
}


@pytest.mark.parametrize("text", REPEATS)
def test_repeated_keys_are_told_however_they_are_written(text: str) -> None:
    assert repeated_in(text, json.loads(text)) == REPEATS[text]


def test_text_without_repeated_keys_is_not_parsed_twice() -> None:
    value = {"a": ["x", None, 1, {"b": "c", "d": [["e"], "f"]}], "g": {"h": {}}}
    assert not may_repeat(json.dumps(value, indent=1), value)
