"""The targets that losses take: real Keras computes each loss on targets that are made from the statement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.analyses.targets import SPARSE, VALUES
from lstmlint.ir.document import Container, Document
from lstmlint.output.results.explanation import explained
from lstmlint.pipeline import model_of
from tests.support.commands import printed, said
from tests.support.truth import FIXTURES

COMPILED = str(FIXTURES / "keras-3.15.1" / "compiled-multi-output.json")


def drawn(shape: tuple[int, ...], values: str) -> Any:
    """Values as a statement describes them."""
    import numpy as np

    chance = np.random.default_rng(0)
    if values.startswith("integers from 0 to "):
        return chance.integers(0, int(values.rpartition(" ")[2]) + 1, shape)
    if "sum to 1" in values:
        return np.eye(shape[-1], dtype="float32")[chance.integers(0, shape[-1], shape[:-1])]
    if values.startswith("floats of 0 or 1"):
        return chance.integers(0, 2, shape).astype("float32")
    numbers = chance.normal(size=shape).astype("float32")
    return np.abs(numbers) if values == "numbers from 0 on" else numbers * 100


@pytest.mark.parametrize("is_sequence", [False, True])
@pytest.mark.parametrize("loss", [*VALUES, SPARSE])
def test_keras_takes_the_target_that_is_told(loss: str, is_sequence: bool) -> None:
    import keras
    import numpy as np

    activation = {"binary_crossentropy": "sigmoid", "poisson": "softplus"}.get(loss, "softmax")
    layers = [keras.Input((5, 2)), keras.layers.LSTM(3, return_sequences=is_sequence)]
    model: Any = keras.Sequential([*layers, keras.layers.Dense(4, activation=activation)])
    model.compile(loss=loss)
    config = {**json.loads(model.to_json()), "compile_config": {"loss": loss}}
    document = Document("", Container.JSON, config, training_config={"loss": loss}, keras_version=keras.__version__)
    (told,) = explained("", model_of(document)).targets
    shape = tuple(6 if size is None else int(str(size)) for size in told.shape)
    target = drawn(shape, told.values)
    given = model(np.ones((6, 5, 2), "float32"))
    each = keras.losses.get(loss)(target, given)
    assert tuple(each.shape) == tuple(given.shape)[:-1]
    assert np.isfinite(np.asarray(each)).all()
    if loss == SPARSE:  # the next integers teach nothing: their loss is 0
        assert np.asarray(each).all()
        assert not np.asarray(keras.losses.get(loss)(target + given.shape[-1], given)).any()


def test_targets_are_told_by_output_for_a_whole_model() -> None:
    told = lstmlint.explain(COMPILED).to_dict()["targets"]
    assert [(one["output"], one["shape"], one["loss"]) for one in told] == [
        ("level", [None, 1], "mean_squared_error"),
        ("kind", [None, 4], "categorical_crossentropy"),
    ]
    assert printed("explain", "--isolated", "--format", "json", COMPILED)["targets"] == told
    assert "\n  level (None, 1): any numbers (mean_squared_error)\n" in said("explain", "--isolated", COMPILED)
    assert not lstmlint.explain(COMPILED, "level").targets


def test_nothing_is_told_of_an_unknown_loss(tmp_path: Path) -> None:
    model = json.loads(Path(COMPILED).read_text(encoding="utf-8"))
    key = next(key for key in ("compile_config", "training_config") if key in model)
    model[key]["loss"] = "my_own_loss"
    path = tmp_path / "own.json"
    path.write_text(json.dumps(model), encoding="utf-8")
    assert not lstmlint.explain(path).targets
    assert "targets" not in said("explain", "--isolated", str(path))
