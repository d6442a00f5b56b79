"""`fix` writes implementation 2 where Keras 3 fails in `fit()`, and the rule says it exactly of those layers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lstmlint.fixing.fix import fix, output
from lstmlint.fixing.writers import write
from lstmlint.linting.rule import rules
from lstmlint.pipeline import load

RULE = rules()["k3-dropout-implementation"]

#: What is around a layer, which has a name and takes (batch, 5, 3).
AROUND: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "alone": lambda layer: layer,
    "bidirectional": lambda layer: layered("Bidirectional", "both", layer=layer, merge_mode="concat"),
    "backward": lambda layer: layered(
        "Bidirectional", "both", merge_mode="concat", layer=renamed(layer, "forwards"),
        backward_layer=renamed(layer, "back", go_backwards=True),
    ),
    "distributed": lambda layer: layered("TimeDistributed", "each", layer=layer),
    "cell": lambda layer: layered("RNN", "rnn", cell={**layer, "class_name": f"{layer['class_name']}Cell"}),
}  # fmt: skip

SETTINGS: Mapping[str, dict[str, Any]] = {
    "one": {"implementation": 1, "dropout": 0.2},
    "everything": {"implementation": 1, "dropout": 1.0},
    "zero": {"implementation": 0, "dropout": 0.2},
    "two": {"implementation": 2, "dropout": 0.2},
    "left-out": {"dropout": 0.2},
    "no-dropout": {"implementation": 1, "dropout": 0.0},
    "recurrent": {"implementation": 1, "dropout": 0.2, "recurrent_dropout": 0.2},
    "recurrent-alone": {"implementation": 1, "recurrent_dropout": 0.2},
    "unrolled": {"implementation": 1, "dropout": 0.2, "unroll": True},
    "no-cudnn": {"implementation": 1, "dropout": 0.2, "use_cudnn": False},
}


def layered(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    """A layer as Keras 3 writes it."""
    names = {"module": "keras.layers", "class_name": class_name, "registered_name": None}
    return {**names, "config": {"name": name, **config}}


def renamed(layer: dict[str, Any], name: str, **config: Any) -> dict[str, Any]:
    return {**layer, "config": {**layer["config"], "name": name, **config}}


def architecture(layer: dict[str, Any], shape: list[int]) -> str:
    entry = layered("InputLayer", "steps", batch_shape=[None, *shape], dtype="float32")
    return json.dumps({
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "config": {"name": "model", "layers": [entry, layer]},
    })  # fmt: skip


def trains(path: Path, shape: list[int]) -> bool:
    """Whether real Keras fits the model of an architecture."""
    model = keras.models.model_from_json(path.read_text(encoding="utf-8"))
    model.compile("sgd", "mse")
    try:
        model.fit(np.zeros((2, *shape)), np.zeros((2, *model.output_shape[1:])), verbose=0)
    except AttributeError:
        return False
    return True


@pytest.mark.parametrize("class_name", ["LSTM", "GRU"])
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("setting", SETTINGS)
def test_the_rule_speaks_where_fit_fails(class_name: str, around: str, setting: str, tmp_path: Path) -> None:
    given = {key: value for key, value in SETTINGS[setting].items() if around != "cell" or key in CELL_KEYS}
    shape = [2, 5, 3] if around == "distributed" else [5, 3]
    path, mended = tmp_path / "model.json", tmp_path / "mended.json"
    path.write_text(architecture(AROUND[around](layered(class_name, "layer", units=2, **given)), shape))
    is_trained = trains(path, shape)
    assert bool(RULE.run(load(str(path)))) is not is_trained
    fixed = fix(load(str(path)))
    assert [change.repair for change in fixed.changes].count("dropout-implementation") == (not is_trained)
    write(output(fixed.draft), str(mended))
    assert not RULE.run(load(str(mended)))
    if not is_trained:
        assert trains(mended, shape)


#: What cells take of the settings.
CELL_KEYS = frozenset({"implementation", "dropout", "recurrent_dropout"})
