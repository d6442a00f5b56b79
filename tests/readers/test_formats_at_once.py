"""Files that are of two formats, or that begin with something else: the reader is the one that Keras chooses."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import h5py
import pytest

from lstmlint import readers
from lstmlint.ir.document import Container, UnreadableError
from lstmlint.pipeline import analyze
from tests.support import security_files as files
from tests.support.security_files import Hidden

PLAIN = Hidden(files.model(files.lstm(), name="plain"), None, (), is_training=False)
OTHER = Hidden(files.model(files.lstm(), name="other"), None, (), is_training=False)
AMBIGUOUS = "ambiguous-content"


def name_of(path: Path) -> object:
    """The name of the model that is read."""
    config = readers.read(str(path)).config
    return config["config"]["name"] if config else None


def rules(path: Path) -> list[str]:
    return [found.rule for found in analyze(str(path)).diagnostics if found.category == "security"]


def h5_bytes(found: Hidden, folder: Path, user_block: int = 0) -> bytes:
    path = files.write_h5(folder / "part.h5", found)
    if not user_block:
        return path.read_bytes()
    with h5py.File(path) as old, h5py.File(folder / "block.h5", "w", userblock_size=user_block) as new:
        new.attrs.update(old.attrs)
        old.copy("model_weights", new)
    return (folder / "block.h5").read_bytes()


def keras_bytes(found: Hidden, folder: Path) -> bytes:
    return files.write_keras(folder / "part.keras", found).read_bytes()


@pytest.mark.parametrize("before", [b"#!/bin/sh\n", bytes(9), b"GIF89a" * 4000])
def test_an_archive_behind_other_bytes_is_read_and_reported(before: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(before + keras_bytes(PLAIN, tmp_path))
    assert zipfile.is_zipfile(path)
    assert name_of(path) == "plain"
    assert rules(path) == [AMBIGUOUS]


def test_an_archive_with_adjusted_offsets_is_reported_as_well(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with path.open("wb") as stream:
        stream.write(b"some words before")
        with zipfile.ZipFile(stream, "w") as archive, zipfile.ZipFile(io.BytesIO(keras_bytes(PLAIN, tmp_path))) as old:
            for name in old.namelist():
                archive.writestr(name, old.read(name))
    assert name_of(path) == "plain"
    assert rules(path) == [AMBIGUOUS]


@pytest.mark.parametrize("first", ["h5", "json"])
def test_an_archive_behind_another_model_is_read_where_the_name_says_so(first: str, tmp_path: Path) -> None:
    before = h5_bytes(PLAIN, tmp_path) if first == "h5" else json.dumps(PLAIN.config).encode()
    path = tmp_path / "model.keras"
    path.write_bytes(before + keras_bytes(OTHER, tmp_path))
    assert name_of(path) == "other"
    assert rules(path) == [AMBIGUOUS]


def test_hdf5_behind_an_archive_is_read_where_the_name_says_so(tmp_path: Path) -> None:
    archive = keras_bytes(PLAIN, tmp_path)
    block = 1 << (len(archive) - 1).bit_length()
    path = tmp_path / "model.h5"
    data = h5_bytes(OTHER, tmp_path, block)
    path.write_bytes(archive + data[len(archive) :])
    assert name_of(path) == "other"
    assert rules(path) == [AMBIGUOUS]


@pytest.mark.parametrize("block", [512, 4096, 8192, 1 << 16, 1 << 20])
def test_hdf5_is_found_at_every_power_of_two(block: int, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(h5_bytes(PLAIN, tmp_path, block))
    assert h5py.is_hdf5(path)
    assert name_of(path) == "plain"
    assert rules(path) == []
    assert readers.is_candidate(str(path))


def test_json_before_hdf5_is_not_what_is_read(tmp_path: Path) -> None:
    text = json.dumps(PLAIN.config).encode()
    data = h5_bytes(OTHER, tmp_path, 8192)
    path = tmp_path / "model.h5"
    path.write_bytes(text + data[len(text) :])
    assert name_of(path) == "other"
    assert rules(path) == [AMBIGUOUS]


def test_weights_in_an_archive_at_a_power_of_two_are_no_second_format(tmp_path: Path) -> None:
    """The weights of a healthy archive may happen to begin where a user block would end."""
    path = tmp_path / "model.keras"
    for size in range(1, 512):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1", "note": "x" * size}))
            archive.writestr("model.weights.h5", files.weights_bytes())
            archive.writestr("config.json", json.dumps(PLAIN.config))
        if path.read_bytes()[512:].startswith(b"\x89HDF"):
            break
    else:
        pytest.fail("no size of the metadata puts the weights there")
    assert h5py.is_hdf5(path)
    assert (name_of(path), rules(path)) == ("plain", [])


def test_hdf5_whose_data_look_like_the_end_of_an_archive_is_hdf5(tmp_path: Path) -> None:
    path = files.write_h5(tmp_path / "model.keras", PLAIN)
    with h5py.File(path, "a") as file:
        file.attrs["note"] = b"PK\x05\x06" + b"\1" * 40
    assert readers.read(str(path)).container is Container.H5
    assert rules(path) == []


@pytest.mark.parametrize("length", [10, 5000, 300_000])
def test_the_json_of_tensorflow_js_is_told_behind_other_keys(length: int, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    told = json.loads(files.write_tfjs(path, PLAIN).read_text())
    path.write_text(json.dumps({"generatedBy": "x" * length, "zoo": [{"class_name": "A"}], **told}))
    assert readers.read(str(path)).container is Container.TFJS
    assert readers.is_candidate(str(path))


YAML = "class_name: Sequential\nconfig:\n  name: plain\n  layers: []\nkeras_version: 2.3.1\n"


@pytest.mark.parametrize(
    "text",
    [
        YAML,
        "# words\n" * 2000 + YAML,
        "%YAML 1.1\n---\n" + YAML,
        "\n" * 5000 + "".join(f"   {line}\n" for line in YAML.splitlines()),
        YAML.replace("class_name", '"class_name"').replace("config:", "'config':"),
        "{class_name: Sequential, config: {name: plain, layers: []}}",
        "# words\n" * 2000 + "{config: {name: plain, layers: []}, class_name: Sequential}",
        "\ufeff" + YAML,
    ],
)
def test_yaml_is_told_behind_comments_and_in_every_style(text: str, tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    path = tmp_path / "model.yaml"
    path.write_text(text, encoding="utf-8")
    assert name_of(path) == "plain"
    assert readers.is_candidate(str(path))


@pytest.mark.parametrize(
    "text",
    [
        "jobs:\n  test:\n    class_name: X\n    config: 1\n",
        "config: {a: 1}\n",
        "class_names: [a]\nconfig:\n  x: 1\n",
        "- class_name: A\n  config: {}\n- class_name: B\n",
        "model:\n  class_name: A\nconfig: {}\n",
    ],
)
def test_other_yaml_is_no_candidate(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    assert not readers.is_candidate(str(path))


def test_what_is_no_json_for_its_binary_rest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(json.dumps(PLAIN.config).encode() + bytes(range(128, 256)))
    with pytest.raises(UnreadableError):
        readers.read(str(path))
