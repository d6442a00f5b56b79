"""`fix` reads what it wrote as today's Keras would, and what still stops that is left for the user."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import keras
import pytest

import lstmlint
from lstmlint import cli


def written(folder: Path, **config: Any) -> Path:
    names = {"module": "keras.layers", "registered_name": None}
    entry = {"name": "steps", "batch_shape": [None, 5, 3], "dtype": "float32"}
    layers = [
        {"class_name": "InputLayer", "config": entry, **names},
        {"class_name": "LSTM", "config": {"name": "lstm", "units": 2, **config}, **names},
    ]
    model = {"class_name": "Sequential", "module": "keras", "registered_name": None}
    path = folder / "old.json"
    path.write_text(json.dumps({**model, "config": {"name": "model", "layers": layers}}))
    return path


@pytest.mark.parametrize("config", [{"activation": "swiglu_of_mine"}, {"rank": 2}, {}])
def test_what_keras_still_refuses_is_left(config: dict[str, Any], tmp_path: Path) -> None:
    old, new = written(tmp_path, **config), tmp_path / "new.json"
    stdout, stderr = io.StringIO(), io.StringIO()
    status = cli.main(["fix", str(old), "-o", str(new), "--isolated"], stdout, stderr)
    assert status == (1 if config else 0), (stdout.getvalue(), stderr.getvalue())
    assert ("left for you:" in stdout.getvalue()) is bool(config)
    if config:
        with pytest.raises((ValueError, TypeError)):
            keras.models.model_from_json(new.read_text(encoding="utf-8"))
    else:
        keras.models.model_from_json(new.read_text(encoding="utf-8"))
    again = lstmlint.fix(old, tmp_path / "again.json")
    assert bool(again.left) is bool(config)
    assert len(again.to_dict()["left"]) == len(again.left)


def test_the_dtype_float_is_written_in_full(tmp_path: Path) -> None:
    """TensorFlow took it for float32, and Keras 3 refuses it."""
    old, new = written(tmp_path, dtype="float"), tmp_path / "new.json"
    with pytest.raises((ValueError, TypeError)):
        keras.models.model_from_json(old.read_text(encoding="utf-8"))
    assert not lstmlint.fix(old, new).left
    assert keras.models.model_from_json(new.read_text(encoding="utf-8")).get_layer("lstm").dtype == "float32"
