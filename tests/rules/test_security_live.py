"""No rule of security speaks of what real Keras writes: every object that a model may hold, saved in every form."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import pytest

from lstmlint.pipeline import analyze

#: Functions that a Lambda layer may hold; Keras writes their names.
FUNCTIONS = sorted(
    name for name, value in vars(keras.ops).items() if inspect.isfunction(value) and not name.startswith("_")
)


def built(kind: Any, base: type, **given: Any) -> Iterator[Any]:
    """An object of each class of a module of Keras that needs no more arguments than are given."""
    for value in vars(kind).values():
        if inspect.isclass(value) and issubclass(value, base) and not inspect.isabstract(value):
            try:
                yield value(**given)
            except (TypeError, ValueError, NotImplementedError):
                continue


def lstm(**config: Any) -> keras.Model:
    return keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(3, **config), keras.layers.Dense(1)])


def compiled(**config: Any) -> keras.Model:
    model = lstm()
    model.compile(**{"optimizer": "adam", "loss": "mse", **config})
    return model


SCHEDULES = (
    keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9),
    keras.optimizers.schedules.CosineDecay(0.1, 10),
    keras.optimizers.schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2, 0.3]),
    keras.optimizers.schedules.InverseTimeDecay(0.1, 10, 0.9),
    keras.optimizers.schedules.PolynomialDecay(0.1, 10),
)


def models() -> Iterator[Callable[[], keras.Model]]:
    for found in built(keras.initializers, keras.initializers.Initializer):
        yield lambda found=found: lstm(bias_initializer=found)  # type: ignore[misc]
    for found in built(keras.regularizers, keras.regularizers.Regularizer):
        yield lambda found=found: lstm(kernel_regularizer=found)  # type: ignore[misc]
    for found in built(keras.constraints, keras.constraints.Constraint):
        yield lambda found=found: lstm(recurrent_constraint=found)  # type: ignore[misc]
    for found in built(keras.optimizers, keras.optimizers.Optimizer):
        yield lambda found=found: compiled(optimizer=found)  # type: ignore[misc]
    for found in SCHEDULES:
        yield lambda found=found: compiled(optimizer=keras.optimizers.SGD(found))  # type: ignore[misc]
    for found in built(keras.losses, keras.losses.Loss):
        yield lambda found=found: compiled(loss=found)  # type: ignore[misc]
    for found in built(keras.metrics, keras.metrics.Metric):
        yield lambda found=found: compiled(metrics=[found])  # type: ignore[misc]
    for name in ("mixed_float16", "mixed_bfloat16", "float16", "bfloat16"):
        yield lambda name=name: lstm(dtype=keras.DTypePolicy(name))  # type: ignore[misc]


def saved(model: keras.Model, folder: Path) -> Iterator[Path]:
    """A model as an architecture and as an archive."""
    (folder / "model.json").write_text(model.to_json(), encoding="utf-8")
    yield folder / "model.json"
    model.save(folder / "model.keras")
    yield folder / "model.keras"


def told(paths: Iterator[Path]) -> list[tuple[str, str, str]]:
    return [
        (path.name, found.rule, found.finding.message)
        for path in paths
        for found in analyze(str(path)).diagnostics
        if found.category == "security"
    ]


@pytest.mark.filterwarnings("ignore")
def test_nothing_is_said_of_objects_that_models_hold(tmp_path: Path) -> None:
    files = 0
    for make in models():
        try:
            paths = list(saved(make(), tmp_path))
        except (TypeError, ValueError, NotImplementedError):  # an object of another rank than the model asks for
            continue
        assert told(iter(paths)) == []
        files += len(paths)
    assert files > 100


@pytest.mark.filterwarnings("ignore")
def test_nothing_is_said_of_functions_in_a_lambda(tmp_path: Path) -> None:
    for name in FUNCTIONS:
        layer = keras.layers.Lambda(getattr(keras.ops, name))
        config = keras.saving.serialize_keras_object(layer)
        model = keras.saving.serialize_keras_object(lstm())
        model["config"]["layers"].insert(1, config)
        (tmp_path / "model.json").write_text(json.dumps(model), encoding="utf-8")
        assert told(iter([tmp_path / "model.json"])) == [], name
