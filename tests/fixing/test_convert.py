"""`convert` writes the same model in another container, and nothing of it is changed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import lstmlint
from lstmlint import cli
from tests.support.truth import FIXTURES

NAMES = ("bidirectional-tagger", "nested", "seq2seq", "sentiment", "compiled")


def told(path: Path) -> list[Any]:
    """What a file says of its layers and weights, whatever its container."""
    summary = lstmlint.summary(path)
    return [(layer.path, layer.class_name, layer.outputs, layer.params) for layer in summary.layers]


@pytest.mark.parametrize("version", ["keras-2.3.1", "keras-2.15.0", "keras-3.15.1"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".h5", ".keras", ".json"])
def test_the_model_stays_the_same(version: str, name: str, suffix: str, tmp_path: Path) -> None:
    sources = [path for path in (FIXTURES / version).glob(f"{name}.*") if path.suffix in (".h5", ".keras")]
    for source in sources:
        new = tmp_path / f"{source.suffix[1:]}{suffix}"
        if version == "keras-2.3.1" and suffix == ".keras":
            with pytest.raises(lstmlint.UnwritableError, match=r"reads no such archive; name it \.h5"):
                lstmlint.convert(source, new)
            continue
        left_out = lstmlint.convert(source, new)
        assert suffix != ".json" or left_out == ("the weights; a JSON file holds none",)
        assert told(new) == told(source)
        assert not any(row.changes for row in lstmlint.diff(source, new).rows)
        assert lstmlint.load(new).document.keras_version in (lstmlint.load(source).document.keras_version, None)


@pytest.mark.parametrize("name", NAMES[:4])
def test_keras_3_computes_the_same(name: str, tmp_path: Path) -> None:
    source, new, last = FIXTURES / f"keras-3.15.1/{name}.keras", tmp_path / "new.h5", tmp_path / "last.keras"
    lstmlint.convert(source, new)
    lstmlint.convert(new, last)
    models = [keras.models.load_model(path, compile=False) for path in (source, new, last)]
    shapes = models[0].input_shape
    given = drawn(shapes)
    outputs = [keras.tree.flatten(model(given, training=False)) for model in models]
    for one, *others in zip(*outputs, strict=True):
        for other in others:
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def drawn(shapes: Any) -> Any:
    if isinstance(shapes, list):
        return [drawn(shape) for shape in shapes]
    return np.random.default_rng(0).integers(0, 2, (2, *(dim or 4 for dim in shapes[1:]))).astype("float32")


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    stdout, stderr, new = io.StringIO(), io.StringIO(), tmp_path / "new.json"
    source = FIXTURES / "keras-3.15.1/lstm-72.keras"
    assert cli.main(["convert", str(source), "-o", str(new), "--isolated"], stdout, stderr) == 0
    assert stdout.getvalue() == f"{new}: written\n  left out: the weights; a JSON file holds none\n"
    assert cli.main(["convert", str(source), "-o", str(new), "--isolated"], stdout, stderr) == 2
    assert stderr.getvalue().startswith(f"{new}: error: is there already")
