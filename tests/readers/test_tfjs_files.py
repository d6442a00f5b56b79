"""Weights files beside a `model.json`: TensorFlow.js 4.22.0 refuses missing and short ones, and takes longer ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint import readers
from tests.support import readers_files as files

NAME = "group1-shard1of1.bin"


def written(folder: Path, content: bytes | None, name: str = "model.json", dtype: str = "float32", **entry: Any) -> str:
    """A converted model with one tensor of 2 times 3 numbers."""
    weights = [{"name": "dense_1/kernel", "shape": [2, 3], "dtype": dtype, **entry}]
    model = {**files.tfjs_model(), "weightsManifest": [{"paths": [NAME], "weights": weights}]}
    path = folder / name
    path.write_text(json.dumps(model), encoding="utf-8")
    if content is not None:
        (folder / NAME).write_bytes(content)
    return str(path)


@pytest.mark.parametrize(
    ("content", "remarks"),
    [
        (b"\0" * 24, ()),
        (b"\0" * 30, ()),
        (b"\0" * 23, ("weights files are too short: 23 of 24 bytes",)),
        (b"", ("weights files are too short: 0 of 24 bytes",)),
        (b"<!DOCTYPE html><title>404</title>", (f"weights file is a web page: {NAME}",)),
        (None, (f"weights file is missing: {NAME}",)),
    ],
)
def test_missing_short_and_mistaken_files(content: bytes | None, remarks: tuple[str, ...], tmp_path: Path) -> None:
    assert readers.read(written(tmp_path, content)).remarks == remarks


def test_quantized_weights_take_fewer_bytes(tmp_path: Path) -> None:
    quantized: dict[str, Any] = {"quantization": {"dtype": "uint8", "min": 0.0, "scale": 1.0}}
    assert readers.read(written(tmp_path, b"\0" * 6, **quantized)).remarks == ()
    assert readers.read(written(tmp_path, b"\0" * 5, **quantized)).remarks != ()


def test_texts_have_no_fixed_size(tmp_path: Path) -> None:
    assert readers.read(written(tmp_path, b"\0", dtype="string")).remarks == ()


def test_a_model_that_was_moved_may_have_its_files_elsewhere(tmp_path: Path) -> None:
    assert readers.read(written(tmp_path, None, name="moved.json")).remarks == ()
    assert readers.read(written(tmp_path, b"\0", name="moved.json")).remarks != ()
    path = written(tmp_path, None)
    assert readers.read_bytes(Path(path).read_bytes(), "model.json").remarks == ()


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/b.bin", "c:x", "..", "", 7, "nul\0"])
def test_files_elsewhere_are_left_alone(name: Any, tmp_path: Path) -> None:
    path = Path(written(tmp_path, None))
    model = json.loads(path.read_text(encoding="utf-8"))
    model["weightsManifest"][0]["paths"] = [name]
    path.write_text(json.dumps(model), encoding="utf-8")
    assert readers.read(str(path)).remarks == ()


def test_check_names_the_file_and_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(files.tfjs_model()), encoding="utf-8")
    told = [one.finding for one in lstmlint.analyze(str(path)).diagnostics if one.rule == "irregular-file"]
    assert [one.help for one in told] == ["put the file beside it, or convert the model again"]
    assert "which is not beside it" in told[0].message
