"""Sharded weights: an index, and the files beside it that it names."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import h5py
import pytest

from lstmlint import readers
from lstmlint.ir.document import Container, Document, NotAModelError, UnreadableError, WeightNaming
from lstmlint.readers import shards
from tests.support import readers_files as files
from tests.support.readers import refusal, refused_file, shapes

SHARDS = ("m_00000.weights.h5", "m_00001.weights.h5")


def write_index(folder: Path, weight_map: Any = None) -> Path:
    """An index of two shards, in both of which the LSTM has weights."""
    parts = {
        SHARDS[0]: {"layers/lstm/cell/vars/0": (2, 12), "layers/lstm/cell/vars/10": (1,), "vars/0": (5,)},
        SHARDS[1]: {"layers/lstm/cell/vars/2": (12,), "layers/dense/vars/0": (3, 1), "optimizer/vars/0": (9,)},
    }
    for name, tensors in parts.items():
        with h5py.File(folder / name, "w") as file:
            for path, shape in tensors.items():
                file.create_dataset(path, shape, "float32")
    usual = {"/layers/lstm/cell/vars": list(SHARDS), "/layers/dense/vars": SHARDS[1]}
    index = {"metadata": {"total_size": 1}, "weight_map": usual if weight_map is None else weight_map}
    (folder / "m.weights.json").write_text(json.dumps(index))
    return folder / "m.weights.json"


def test_layers_of_all_shards(tmp_path: Path) -> None:
    path = write_index(tmp_path)
    assert readers.is_candidate(str(path))
    document = readers.read(str(path))
    assert document.container is Container.SHARDS
    assert document.config is None
    assert document.stored_by is WeightNaming.CLASS_NAME
    assert document.remarks == ()
    assert list(shapes(document)) == ["dense", "lstm", "vars"]
    assert list(shapes(document)["lstm"].items()) == [
        *(("cell/vars/0", (2, 12)), ("cell/vars/2", (12,)), ("cell/vars/10", (1,)))
    ]
    assert (document.stored or ())[0].tensors[0].place == "m_00001.weights.h5/layers/dense/vars/0"


def test_index_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_index(tmp_path).parent)
    assert readers.read("m.weights.json").stored


def test_index_of_keras_itself(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    code = """
import keras
model = keras.Sequential([keras.Input((4, 20)), keras.layers.LSTM(30), keras.layers.Dense(100)])
model.save_weights("model.weights.json", max_shard_size=20000 / 1024**3)
model.extra = model.add_weight(shape=(5,), name="extra")
model.save_weights("one.weights.h5")
"""
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert len(list(tmp_path.glob("model_*.weights.h5"))) > 1
    sharded, one = (shapes(readers.read(str(tmp_path / name))) for name in ("model.weights.json", "one.weights.h5"))
    assert one.pop("vars") == {"vars/0": (5,)}
    assert sharded == one


@pytest.mark.parametrize("name", ["../m.weights.h5", "/etc/m.weights.h5", "..\\m.weights.h5", "C:m.weights.h5"])
def test_shard_in_another_folder_is_refused(tmp_path: Path, name: str) -> None:
    assert "names a shard in another folder" in refused_file(write_index(tmp_path, {"/vars": [name]}))


def test_shard_that_is_missing_or_broken_is_refused(tmp_path: Path) -> None:
    path = write_index(tmp_path)
    (tmp_path / SHARDS[1]).write_bytes(b"nothing")
    assert refused_file(path) == "has a shard m_00001.weights.h5 that is not HDF5; save or download it again"
    (tmp_path / SHARDS[1]).write_bytes(files.nested_bytes()[:500])
    assert "has a shard m_00001.weights.h5 that is truncated or damaged HDF5" in refused_file(path)
    (tmp_path / SHARDS[1]).unlink()
    assert refused_file(path) == "has a shard m_00001.weights.h5 that does not exist; check the path"
    os.mkfifo(tmp_path / SHARDS[1])
    assert "that is a named pipe" in refused_file(path)
    (tmp_path / SHARDS[1]).unlink()
    assert r"has a shard \x1b\n.weights.h5 that" in refused_file(write_index(tmp_path, {"/vars": "\x1b\n.weights.h5"}))


@pytest.mark.parametrize("seed", range(60))
def test_any_damage_is_refused_or_read(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    path = tmp_path / random.choice([write_index(tmp_path).name, *SHARDS])
    data = bytearray(path.read_bytes())
    if seed % 3:
        for _ in range(seed % 5 + 1):
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    else:
        del data[random.randrange(len(data)) :]
    path.write_bytes(data)
    with contextlib.suppress(UnreadableError, NotAModelError):
        assert isinstance(readers.read(str(tmp_path / "m.weights.json")), Document)


def test_index_without_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is an index of weights in other files" in refusal(write_index(tmp_path).read_bytes())


def test_more_shards_than_any_model_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shards, "MAX_SHARDS", 1)
    assert "names more than 1 shards" in refused_file(write_index(tmp_path))


@pytest.mark.parametrize("weight_map", [{}, {"a": 1}, {"a": ["model.safetensors"]}, {"a": [[]]}, {"a": None}])
def test_index_of_something_else_is_skipped(tmp_path: Path, weight_map: Any) -> None:
    with pytest.raises(NotAModelError, match="Keras did not write"):
        readers.read(str(write_index(tmp_path, weight_map)))
