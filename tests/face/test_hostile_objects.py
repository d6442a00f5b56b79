"""Whatever stands in the fields of a serialized object, at any depth: no rule fails, and no command does."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main
from lstmlint.ir.document import Container, Document, UnreadableError
from lstmlint.keras.versions import TARGETS
from lstmlint.linting.rule import Persona
from lstmlint.pipeline import judge, model_of
from lstmlint.portability.verdict import verdict
from lstmlint.readers.plain import lists_for_tuples
from lstmlint.settings.settings import Settings

#: The fields of an object, and what may stand in them instead of what Keras writes.
FIELDS = ("class_name", "module", "registered_name", "config", "build_config", "inbound_nodes")
JUNK: list[Any] = [None, 1, True, "x", [], ["class_name"], {}]

#: Some of each generation, and a runtime.
ASKED = ("keras-2.3", "tf-keras-2.15", "keras-3.15", "tfjs")

COMMANDS = (["check"], ["summary"], ["explain"], ["loads"], ["textconv"], ["fix", "--diff"])


@cache
def written() -> str:
    """A model that Keras 3 wrote, with an object of every kind in it."""
    import keras

    layers = keras.layers

    @keras.saving.register_keras_serializable("own")
    class Scaled(keras.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return inputs

    given = keras.Input((6, 4), name="given")
    lstm = layers.LSTM(3, return_sequences=True, activation=Scaled(name="own"), kernel_regularizer="l2")
    both = layers.Bidirectional(lstm, name="both")(given)
    dense = layers.Dense(4, activation=layers.LeakyReLU(), dtype="mixed_float16", kernel_constraint="max_norm")
    rows = layers.TimeDistributed(dense, name="rows")(both)
    seeded = keras.initializers.RandomNormal(seed=keras.random.SeedGenerator(1))
    inner = keras.Sequential([keras.Input((6, 4)), layers.GRU(3, kernel_initializer=seeded)], name="inner")
    model = keras.Model(given, Scaled(name="scaled")(inner(rows)))
    schedule = keras.optimizers.schedules.ExponentialDecay(0.01, 100, 0.9)
    model.compile(keras.optimizers.Adam(schedule), keras.losses.Huber(), metrics=[keras.metrics.AUC()])
    return str(model.to_json())


def objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to every serialized object."""
    if isinstance(value, dict) and "class_name" in value:
        yield path
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from objects(item, (*path, key))


def replaced(config: Any, path: tuple[Any, ...], field: str, value: Any) -> None:
    """Put a value into a field of the object that a path leads to."""
    for step in path:
        config = config[step]
    config[field] = copy.deepcopy(value)


def variants(field: str, junk: list[Any]) -> Iterator[dict[str, Any]]:
    """The model with a field of one object replaced, each object with its share of the values, and of all objects."""
    original = json.loads(written())
    paths = list(objects(original))
    assert len(paths) > 25
    for index, path in enumerate(paths):
        config = copy.deepcopy(original)
        replaced(config, path, field, junk[index % len(junk)])
        yield config
    for value in junk:
        config = copy.deepcopy(original)
        for path in reversed(paths):
            replaced(config, path, field, value)
        yield config


@pytest.mark.parametrize("container", [Container.JSON, Container.KERAS, Container.H5])
@pytest.mark.parametrize("field", FIELDS)
def test_no_rule_and_no_verdict_fails_on_an_odd_object(field: str, container: Container) -> None:
    asked = Settings(persona=Persona.PEDANTIC)
    for config in variants(field, JUNK if container is Container.KERAS else [None]):
        training = config.get("compile_config")
        document = Document(
            "odd", container, config, training_config=training if isinstance(training, dict) else None,
            keras_version="3.15.1",
        )  # fmt: skip
        try:
            model = model_of(document)
        except UnreadableError:
            continue
        failed = [one.finding.message for one in judge(model, asked).diagnostics if "failed:" in one.finding.message]
        assert failed == []
        for name in ASKED:
            verdict(model, TARGETS[name])


@pytest.mark.parametrize("name", JUNK)
def test_a_tuple_with_an_odd_class_stays_what_it_is(name: Any) -> None:
    shapes = {"dims": {"class_name": "__tuple__", "items": [1, 2]}, "odd": {"class_name": name, "items": [3]}}
    assert lists_for_tuples(shapes) == {**shapes, "dims": [1, 2]}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_command_fails_on_an_odd_object(command: list[str], tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    for config in (*variants("class_name", [[]]), *list(variants("module", [None]))[::4]):
        path.write_text(json.dumps(config), "utf-8")
        out, err = io.StringIO(), io.StringIO()
        main([command[0], str(path), *command[1:]], out, err)
        assert "usage:" not in err.getvalue()
        assert "defect" not in out.getvalue() + err.getvalue()
