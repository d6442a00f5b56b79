"""Anything at all is read or refused, and real files are read whole."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmlint import readers
from lstmlint.ir.document import Container, Document, NotAModelError, UnreadableError
from lstmlint.readers import serialized
from lstmlint.readers.source import opened
from tests.support import readers_files as files
from tests.support.readers import shapes
from tests.support.truth import CORPUS

STARTS = [
    *(b"", b"{", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\xff\xfe"),
    *(
        b'{"modelTopology": ',
        b'{"weight_map": {',
        b"class_name: A\nconfig:\n",
        b'\n\x80\x01\x1a\x04root"\x14_tf_keras_sequential*',
    ),
]

NAMES = [
    *("model.json", "model.h5", "model.keras", "zipped.keras", "model.weights.h5"),
    *("tfjs.json", "keras_metadata.pb", "model.yaml"),
]


@pytest.fixture(scope="module")
def real_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One small file of each container."""
    folder = tmp_path_factory.mktemp("real")
    return {
        "model.json": files.json_bytes(),
        "model.h5": files.write_whole(folder / "model.h5").read_bytes(),
        "model.keras": files.write_archive(folder / "model.keras").read_bytes(),
        "zipped.keras": files.write_archive(folder / "zipped.keras", compression=zipfile.ZIP_DEFLATED).read_bytes(),
        "model.weights.h5": files.nested_bytes(),
        "tfjs.json": json.dumps(files.tfjs_model()).encode(),
        "keras_metadata.pb": (files.DATA / "saved_model" / "keras_metadata.pb").read_bytes(),
        "model.yaml": (files.DATA / "keras-2.3.1.yaml").read_bytes(),
    }


def read_or_refuse(data: bytes, name: str) -> None:
    """Read bytes; nothing but the two refusals may be raised."""
    with contextlib.suppress(UnreadableError, NotAModelError):
        assert isinstance(readers.read_bytes(data, name), Document)


@given(data=st.binary(max_size=5000), start=st.sampled_from(STARTS))
@settings(deadline=None, max_examples=200)
def test_random_bytes_are_refused_or_read(data: bytes, start: bytes) -> None:
    for name in ("a", "a.json", "a.h5", "a.keras"):
        read_or_refuse(start + data, name)


@given(
    name=st.sampled_from(NAMES),
    length=st.floats(0, 1),
)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_truncated_files_are_refused_or_read(real_files: dict[str, bytes], name: str, length: float) -> None:
    data = real_files[name]
    read_or_refuse(data[: int(length * len(data))], name)


@given(
    name=st.sampled_from(NAMES),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20),
    front=st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_changed_bytes_are_refused_or_read(
    real_files: dict[str, bytes], name: str, changes: list[tuple[float, int]], front: bool
) -> None:
    data = bytearray(real_files[name])
    span = min(len(data), 4096) if front else len(data)
    for place, value in changes:
        data[int(place * span)] = value
    read_or_refuse(bytes(data), name)


KEYS = st.sampled_from(["class_name", "config", "model_config", "keras_version", "compile_config"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=10,
)


@given(value=VALUES)
@settings(deadline=None, max_examples=200)
def test_any_json_is_refused_or_read(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(json.dumps(value))):
        try:
            document = readers.read_bytes(text.encode())
        except (UnreadableError, NotAModelError):
            continue
        assert document.config is not None
        assert serialized.is_model(document.config)


def test_files_of_keras_itself(tmp_path: Path) -> None:
    code = """
import sys, keras
model = keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(3, dropout=0.1), keras.layers.Dense(1)])
model.compile("adam", "mse")
for name in ("model.h5", "model.keras", "model.weights.h5"):
    (model.save_weights if "weights" in name else model.save)(name)
open("model.json", "w").write(model.to_json())
"""
    pytest.importorskip("keras")
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True)
    for name in ("model.h5", "model.keras", "model.json"):
        document = readers.read(str(tmp_path / name))
        assert document.config is not None
        assert document.training_config is not None
    listed = shapes(readers.read(str(tmp_path / "model.h5")))
    assert listed == {"lstm": files.LSTM_SHAPES, "dense": files.DENSE_SHAPES}
    for name in ("model.keras", "model.weights.h5"):
        nested = shapes(readers.read(str(tmp_path / name)))
        assert list(nested["lstm"].values())[:3] == list(files.LSTM_SHAPES.values())
        assert list(nested["dense"].values()) == list(files.DENSE_SHAPES.values())


def corpus_files(*formats: str) -> list[dict[str, Any]]:
    """The entries of the corpus in some formats; none where there is no corpus."""
    if not (CORPUS / "index.jsonl").exists():
        return []
    with (CORPUS / "index.jsonl").open() as lines:
        return [entry for entry in map(json.loads, lines) if entry["format"] in formats]


def reported_by_h5py(read: Callable[[], Any]) -> dict[str, tuple[int, ...]]:
    """The shape of every dataset of a file, by its path."""
    found = {}
    with h5py.File(read(), "r") as file:
        file.visititems(lambda name, item: found.update({name: item.shape}) if isinstance(item, h5py.Dataset) else None)
    return found


@pytest.mark.skipif(not corpus_files("json"), reason="the corpus is not here")
def test_corpus_files_are_read_whole() -> None:
    for entry in corpus_files("json", "h5", "h5-weights", "keras"):
        path = CORPUS / entry["file"]
        document = readers.read(str(path))
        assert readers.is_candidate(str(path)), path
        assert (document.config is None) is (entry["format"] == "h5-weights"), path
        if entry["format"] != "h5-weights":
            assert document.keras_version == entry["keras_version"], path
        if entry["format"] == "json":
            continue
        assert document.stored is not None, path

        def weights(path: Path = path, entry: dict[str, Any] = entry) -> Any:
            archived = entry["format"] == "keras"
            return io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5")) if archived else str(path)

        known = reported_by_h5py(weights)
        tensors = [tensor for layer in document.stored for tensor in layer.tensors]
        assert {tensor.place: tensor.shape for tensor in tensors}.items() <= known.items(), path
        left = {place for place in known if not place.startswith(("optimizer", "metrics", "info/"))}
        assert left == {tensor.place for tensor in tensors}, path


@pytest.mark.skipif(not corpus_files("tfjs"), reason="the corpus is not here")
def test_corpus_files_of_other_containers_are_read() -> None:
    containers = {"tfjs": Container.TFJS, "yaml": Container.YAML, "savedmodel-metadata": Container.SAVED_MODEL}
    for entry in corpus_files(*containers):
        path = CORPUS / entry["file"]
        document = readers.read(str(path))
        assert readers.is_candidate(str(path)), path
        assert document.container is containers[entry["format"]], path
        assert document.config is not None, path
        assert document.config["class_name"] == entry["model_class"], path
        assert document.keras_version == entry["keras_version"], path
        assert document.backend == entry["backend"], path
        assert (document.stored is not None) is (entry["format"] == "tfjs"), path


@pytest.mark.skipif(not corpus_files("tfjs"), reason="the corpus is not here")
def test_corpus_files_have_one_reader_each() -> None:
    for entry in corpus_files("tfjs", "yaml", "savedmodel-metadata", "json", "h5", "h5-weights", "keras"):
        with opened(str(CORPUS / entry["file"])) as source:
            assert sum(reader.recognises(source) for reader in readers.readers()) == 1, entry["id"]
