"""The archives of Keras 3, and how broken ones are refused."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest

from lstmlint import readers
from lstmlint.ir.document import Container, Document, NotAModelError, WeightNaming
from lstmlint.readers import keras_zip
from lstmlint.readers.source import in_memory
from tests.support import readers_files as files
from tests.support.readers import refused_file, shapes


def check_archive(document: Document) -> None:
    assert document.container is Container.KERAS
    assert document.config is not None
    assert document.config["class_name"] == "Sequential"
    assert document.config_place == "config.json"
    assert document.keras_version == "3.8.0"
    assert document.training_config == {"loss": "mse"}
    assert document.stored_by is WeightNaming.CLASS_NAME
    assert list(shapes(document)) == ["dense", "dropout", "lstm", "lstm_2"]
    assert list(shapes(document)["lstm"].values()) == list(files.LSTM_SHAPES.values())


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archive_holds_a_model(tmp_path: Path, compression: int) -> None:
    path = files.write_archive(tmp_path / "model.keras", compression=compression)
    check_archive(readers.read(str(path)))
    check_archive(readers.read_bytes(path.read_bytes()))
    with path.open("rb") as stream:
        check_archive(readers.read_stream(stream))


def test_archive_is_read_without_its_weights_bytes(tmp_path: Path) -> None:
    """Whatever the size of the weights, only a window of the file is looked at."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=numpy.ones((4 << 20,), "float32"))
    source = in_memory(
        files.write_archive(tmp_path / "m.keras", {"model.weights.h5": memory.getvalue()}).read_bytes(), "m.keras"
    )
    read = 0
    original = source.stream.read

    def counted(size: int = -1) -> bytes:
        nonlocal read
        data = original(size)
        read += len(data)
        return data

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return counted if name == "read" else getattr(source.stream, name)

    counting = readers.Source(source.path, Counting(), source.head, source.size)  # type: ignore[arg-type]
    assert shapes(readers.read_source(counting)) == {"dense": {"vars/0": (4 << 20,)}}
    assert read < 256 << 10


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"config.json": b"", "model.weights.h5": b""}, "is an archive without config.json and model.weights.h5"),
        ({"config.json": b'{"class_name": '}, "has a config.json that is not valid JSON"),
        ({"config.json": b"[]"}, "has a config.json that is JSON, but not a Keras model"),
        ({"model.weights.h5": b"\x89HDF\r\n\x1a\n"}, "has a model.weights.h5 that is truncated or damaged HDF5"),
        ({"model.weights.h5": b"nothing"}, "has a model.weights.h5 that is truncated or damaged HDF5"),
        ({"config.json": b" " * (65 << 20)}, "has a config.json that is larger than 64 MiB"),
    ],
)
def test_archive_that_is_broken_is_refused(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    assert message in refused_file(files.write_archive(tmp_path / "model.keras", members, zipfile.ZIP_DEFLATED))


def test_archive_of_something_else_is_skipped(tmp_path: Path) -> None:
    files.write_archive(tmp_path / "data.zip", {"config.json": b'{"a": 1}', "model.weights.h5": b""})
    with pytest.raises(NotAModelError):
        readers.read(str(tmp_path / "data.zip"))


def test_archive_with_weights_only_or_config_only(tmp_path: Path) -> None:
    weights = readers.read(str(files.write_archive(tmp_path / "a.keras", {"config.json": b"", "metadata.json": b"x"})))
    assert weights.config is None
    assert weights.stored
    config = readers.read(
        str(files.write_archive(tmp_path / "b.keras", {"model.weights.h5": b"", "model.weights.npz": b"x"}))
    )
    assert config.config is not None
    assert config.stored is None
    assert config.remarks == ("weights in npz left alone",)


def test_npz_of_keras_itself_is_a_pickle(tmp_path: Path) -> None:
    """Why weights in npz are left alone; `weights_format` is no part of Keras' public interface."""
    pytest.importorskip("keras")
    code = """
import keras
from keras.src.saving import saving_lib
model = keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(3)])
with open("model.keras", "wb") as file:
    saving_lib._save_model_to_fileobj(model, file, "npz")
"""
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True)
    with zipfile.ZipFile(tmp_path / "model.keras") as archive, archive.open("model.weights.npz") as npz:
        arrays = zipfile.ZipFile(io.BytesIO(npz.read()))
        assert all(b"'descr': '|O'" in arrays.read(name)[:128] for name in arrays.namelist())
    document = readers.read(str(tmp_path / "model.keras"))
    assert document.config is not None
    assert document.stored is None
    assert document.remarks == ("weights in npz left alone",)


def test_archive_with_one_name_twice_is_read_as_keras_does(tmp_path: Path) -> None:
    path = files.write_archive(tmp_path / "model.keras")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("config.json", files.json_bytes({"class_name": "Functional", "config": {}}))
    document = readers.read(str(path))
    assert document.config == {"class_name": "Functional", "config": {}}
    assert document.remarks == ()
    assert [member.name for member in document.evidence.members].count("config.json") == 2


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_archive_that_is_encrypted_is_refused(tmp_path: Path, name: str) -> None:
    path = files.write_archive(tmp_path / "model.keras")
    data = bytearray(path.read_bytes())
    entry = data.index(name.encode(), data.index(b"PK\x01\x02"))
    data[entry - 46 + 8] |= 1
    path.write_bytes(data)
    assert f"has an encrypted {name}" in refused_file(path)


def test_archive_member_that_expands_without_end_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_zip, "EXPANSION_FLOOR_BYTES", 1 << 20)
    members = {"model.weights.h5": b"\x89HDF\r\n\x1a\n" + bytes(30 << 20)}
    document = readers.read(str(files.write_archive(tmp_path / "model.keras", members, zipfile.ZIP_DEFLATED)))
    assert document.config is not None
    assert document.stored is None
    assert document.evidence.members[-1].size == (30 << 20) + 8


def test_archive_whose_config_is_larger_than_it_says_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras_zip, "MAX_JSON_BYTES", 1 << 20)
    config = files.json_bytes({**files.MODEL, "padding": " " * (3 << 20)})
    path = files.write_archive(tmp_path / "model.keras", {"config.json": config}, zipfile.ZIP_DEFLATED)
    assert "has a config.json that is larger than 1 MiB" in refused_file(path)


def test_archive_that_was_read_as_text_is_told(tmp_path: Path) -> None:
    """Its directory claims to be larger than the file; Python, and so Keras 3.15.1, says that it lies elsewhere."""
    path = files.write_archive(tmp_path / "model.keras")
    path.write_bytes(path.read_bytes().decode(errors="replace").encode())
    with pytest.raises(zipfile.BadZipFile, match="Bad offset for central directory"):
        zipfile.ZipFile(path)
    assert "is zip that was converted as text on its way" in refused_file(path)


def test_archive_with_a_directory_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_zip, "MAX_DIRECTORY_BYTES", 100)
    assert "too many files" in refused_file(files.write_archive(tmp_path / "model.keras"))
