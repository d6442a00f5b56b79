"""What lies between recurrent layers, whatever class it is of."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.keras.classes import Axes, classes_with
from lstmlint.keras.facts import facts_of
from lstmlint.keras.versions import NEWEST
from lstmlint.linting.rule import Persona
from lstmlint.pipeline import judge, model_of
from lstmlint.settings.settings import Settings

PEDANTIC = Settings(persona=Persona.PEDANTIC)

#: Configs of layers that need one to be made.
NEEDED: dict[str, dict[str, Any]] = {
    "Activation": {"activation": "tanh"}, "Rescaling": {"scale": 2.0}, "GroupNormalization": {"groups": 1},
    "Dense": {"units": 6},
}  # fmt: skip

#: Layers of images take a sequence for one image, and some dropouts want other ranks.
BETWEEN = sorted(
    name
    for name in classes_with(lambda traits: traits.keeps_rank and traits.rank in (None, 3))
    if name in facts_of(NEWEST).names and not name.startswith(("Random", "Aug", "Auto", "Cut", "Mix", "Max", "Equal"))
    if name not in ("RandAugment", "Solarization", "ContrastLimitedAdaptiveHistogramEqualization", "Masking")
)


def rules_on(*layers: tuple[str, dict[str, Any]]) -> dict[str, str]:
    """The layers that rules speak of, by rule."""
    written = [
        {"class_name": name, "config": {"name": f"layer_{at}", **config}} for at, (name, config) in enumerate(layers)
    ]
    config = {"class_name": "Sequential", "config": {"name": "m", "layers": written}, "keras_version": "3.15.1"}
    found = judge(model_of(Document("m.json", Container.JSON, config, keras_version="3.15.1")), PEDANTIC).diagnostics
    return {one.rule: one.finding.location.layer for one in found}


def test_the_layers_between_are_many() -> None:
    assert {"RMSNormalization", "LayerNormalization", "Normalization", "Rescaling", "Dense"} <= set(BETWEEN)


@pytest.mark.parametrize("name", BETWEEN)
def test_missing_return_sequences_is_seen_through_layers_that_keep_the_rank(name: str) -> None:
    said = rules_on(
        ("InputLayer", {"batch_shape": [None, 5, 3]}),
        ("LSTM", {"units": 6}),
        (name, NEEDED.get(name, {})),
        ("LSTM", {"units": 2}),
    )
    if name != "SpatialDropout1D":  # which refuses the vector itself
        assert said.get("missing-return-sequences") == "layer_1"
        assert "rnn-input-rank" not in said


@pytest.mark.parametrize("name", [name for name in BETWEEN if name in classes_with(lambda t: t.axes is Axes.SAME)])
def test_units_for_timesteps_are_seen_through_layers_that_keep_the_shape(name: str) -> None:
    said = rules_on(
        ("InputLayer", {"batch_shape": [None, 37, 3]}), (name, NEEDED.get(name, {})), ("LSTM", {"units": 37})
    )
    assert said.get("units-equal-timesteps") == "layer_2"


def test_a_bidirectional_around_another_layer_asks_for_no_rank() -> None:
    repeat = {"class_name": "RepeatVector", "config": {"name": "repeat", "n": 3}}
    written = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 4, 3]}},
        {"class_name": "Bidirectional", "config": {"name": "both", "layer": repeat}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "m", "layers": written}, "keras_version": "3.15.1"}
    model = model_of(Document("m.json", Container.JSON, config, keras_version="3.15.1"))
    assert not [one for one in judge(model, PEDANTIC).diagnostics if "failed" in one.finding.message]
