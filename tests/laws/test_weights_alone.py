"""Files of weights tell no config, so no rule may take what they do not tell for a default."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keras
import pytest

import lstmlint
from lstmlint.ir.finding import Abstention, Confidence, Diagnostic, Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.partial_configs import NO_CONFIG, PartialConfig, UnknownKeyError, with_partial_configs
from lstmlint.linting.rule import NoOptions, Persona, Rule
from tests.support.truth import FIXTURES

L = keras.layers


def whatever_its_activation(model: Model, options: NoOptions) -> Iterator[Finding]:
    """As a rule might be written by somebody who has whole models in mind."""
    for layer in model.all_layers:
        if layer.config.get("activation", "tanh") == "tanh":
            yield Finding(Location(layer.full_name), "is tanh", "make it another one")


def by_its_units(model: Model, options: NoOptions) -> Iterator[Finding]:
    for layer in model.layers:
        if layer.class_name == "LSTM":
            yield Finding(Location(layer.full_name), f"has {layer.config['units']} units", "have others")


def as_rule(check: object) -> Rule:
    return Rule(
        name="tried", category="tried", severity=Severity.ERROR, confidence=Confidence.CERTAIN,
        persona=Persona.REGULAR, docstring="", options=NoOptions, defaults=NoOptions(), check=check,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(params=["weights-only.h5", "weights-only-keras3.weights.h5"])
def weights(request: pytest.FixtureRequest) -> Model:
    return lstmlint.load(str(FIXTURES / "broken" / request.param))


def test_a_rule_that_reads_an_untold_key_abstains_for_every_layer(weights: Model) -> None:
    said = as_rule(whatever_its_activation).run(weights)
    assert all(isinstance(verdict, Abstention) and verdict.unjudged.because == NO_CONFIG for verdict in said)
    assert len(said) == 3


def test_a_rule_may_read_what_tensors_show(weights: Model) -> None:
    said = as_rule(by_its_units).run(weights)
    messages = sorted(verdict.finding.message for verdict in said if isinstance(verdict, Diagnostic))
    assert messages == ["has 10 units", "has 12 units", "has 8 units"]


def test_a_config_that_is_told_by_tensors_has_no_defaults() -> None:
    config = PartialConfig({"units": 3})
    assert dict(config) == {"units": 3}
    assert config.get("units") == 3
    assert "units" in config
    for ask in (lambda: config["activation"], lambda: config.get("activation", 1), lambda: "activation" in config):
        with pytest.raises(UnknownKeyError):
            ask()


def test_the_layers_inside_a_layer_are_told_by_their_tensors_only(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4, 2)), L.Bidirectional(L.LSTM(3)), L.Dense(1)])
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    told = with_partial_configs(lstmlint.load(str(path)))
    assert all(isinstance(layer.config, PartialConfig) for layer in told.all_layers)
    assert [layer.name for layer in told.all_layers if layer.class_name == "LSTM"] == ["bidirectional"] * 2
    assert lstmlint.analyze(str(path)).model.all_layers[0].config.get("activation") is None


def test_a_whole_model_is_read_as_it_is() -> None:
    model = lstmlint.load(str(FIXTURES / "keras-2.3.1" / "lstm-72.h5"))
    assert with_partial_configs(model) is model
