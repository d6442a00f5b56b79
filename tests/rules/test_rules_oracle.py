"""Rules of severity error against real Keras: it refuses the example of the page, and builds the cured one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import keras
import numpy
import pytest

from lstmlint.extending import registry
from lstmlint.ir.finding import Severity
from lstmlint.linting.rule import Rule, rules
from tests.rules import oracles
from tests.rules.test_rules import Example, examples

#: Rules that another test or the script that made their data holds against real Keras.
HELD_BELOW = frozenset({"recorded-shape-mismatch", "invalid-layer-config"})

#: The rule on manifests of TensorFlow.js, which Keras does not read; `tests/readers` holds what a manifest may name.
NOT_OF_KERAS = frozenset({"weights-file-path"})


def held_by_an_oracle() -> Iterator[str]:
    """Rules with a test of their own: `test_<rule>__<what Keras does>` in a module of `tests/oracles`."""
    for module in registry.modules(oracles):
        tests = (name.removeprefix("test_") for name in vars(module) if name.startswith("test_"))
        yield from (name.partition("__")[0].replace("_", "-") for name in tests)


HELD_ELSEWHERE = HELD_BELOW | NOT_OF_KERAS | set(held_by_an_oracle())

ERROR_RULES = [
    pytest.param(rule, id=rule.name)
    for rule in rules().values()
    if rule.severity is Severity.ERROR
    and rule.name not in HELD_ELSEWHERE
    and any(example.config for example in examples(rule))
]


def built(example: Example) -> keras.Model:
    """The model of an example, built by the Keras of the test environment."""
    assert example.config is not None
    first, *rest = json.loads(example.config)["config"]["layers"]
    shape = first["config"]["batch_input_shape"]
    return keras.Sequential([keras.Input(batch_shape=shape), *map(layer, rest)])


def layer(serialized: dict[str, Any]) -> keras.Layer:
    config = dict(serialized["config"])
    if "layer" in config:
        config["layer"] = layer(config["layer"])
    made: keras.Layer = getattr(keras.layers, serialized["class_name"])(**config)
    return made


def test_there_are_rules_to_hold_against_keras() -> None:
    assert len(ERROR_RULES) >= 5


@pytest.mark.parametrize("rule", ERROR_RULES)
def test_keras_refuses_the_example_and_builds_the_cure(rule: Rule) -> None:
    broken, cured = (next(e for e in examples(rule) if e.section == name) for name in ("## Example", "## Instead"))
    with pytest.raises((ValueError, TypeError)):
        built(broken)
    assert built(cured).count_params() > 0


def test_keras_builds_a_wrong_record_and_fails_when_called() -> None:
    rule = rules()["recorded-shape-mismatch"]
    for section, features in (("## Example", 58), ("## Instead", 57)):
        config = next(example.config for example in examples(rule) if example.section == section)
        assert config is not None
        model = keras.models.model_from_json(config)
        assert model.layers[0].weights[0].shape[0] == 57
        batch = numpy.zeros((1, 10, features), "float32")
        if features == 57:
            assert model(batch).shape == (1, 16)
        else:
            with pytest.raises((ValueError, TypeError)):
                model(batch)
