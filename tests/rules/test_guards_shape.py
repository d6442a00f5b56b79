"""What keeps the rules on shapes calm, and that one cause is one finding."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.ir.document import Container, Document, StoredLayer, StoredTensor
from lstmlint.ir.finding import Severity
from lstmlint.linting.rule import Persona, rules
from lstmlint.pipeline import judge, model_of
from lstmlint.settings.settings import Settings
from tests.rules.test_rule_guards import ENCODER, found, given, layer

SEQUENCES = {"units": 4, "return_sequences": True}


def trained(*layers: dict[str, Any], version: str = "2.15.0", **training: Any) -> list[str]:
    """The rules that fire on a Sequential with a training record."""
    config = {"name": "m", "layers": [{key: one[key] for key in ("class_name", "config")} for one in layers]}
    serialized = {"class_name": "Sequential", "config": config}
    document = Document(
        "m.json", Container.JSON, serialized, keras_version=version, training_config={"loss": "mse", **training}
    )
    return [diagnostic.rule for diagnostic in judge(model_of(document)).diagnostics]


def pedantic(*layers: dict[str, Any]) -> list[str]:
    config = {"name": "m", "layers": [{key: one[key] for key in ("class_name", "config")} for one in layers]}
    document = Document(
        "m.json", Container.JSON, {"class_name": "Sequential", "config": config}, keras_version="2.15.0"
    )
    settings = Settings(persona=Persona.PEDANTIC)
    rules = {diagnostic.rule for diagnostic in judge(model_of(document), settings).diagnostics}
    return sorted(rules & {"axes-maybe-swapped", "units-equal-timesteps"})


SCALAR = layer("Dense", "value", units=1)
EVERY_STEP = layer("TimeDistributed", "value", layer={"class_name": "Dense", "config": {"name": "d", "units": 1}})


def test_a_target_for_every_timestep_may_be_meant() -> None:
    lstm = layer("LSTM", "lstm", **SEQUENCES)
    fires = ["sequence-into-scalar-target"]
    assert trained(given("x", 10, 3), lstm, SCALAR) == fires
    assert trained(given("x", 10, 3), lstm, layer("Dropout", "drop", rate=0.1), SCALAR) == fires
    assert trained(given("x", 10, 3), lstm, EVERY_STEP) == []
    assert trained(given("x", 10, 3), lstm, SCALAR, sample_weight_mode="temporal") == []
    assert trained(given("x", 10, 3), lstm, SCALAR, loss="categorical_hinge") == []
    assert trained(given("x", 10, 3), lstm, layer("Flatten", "flat"), SCALAR) == []
    assert trained(given("x", 10, 3), lstm, layer("Dense", "value", units=2)) == []
    encoder, repeat = layer("LSTM", "encoder", units=4), layer("RepeatVector", "repeat", n=6)
    assert trained(given("x", 10, 3), encoder, repeat, lstm, SCALAR) == []
    assert trained(given("x", 10, 3), encoder, repeat, layer("Dense", "wide", units=9), lstm, SCALAR) == []
    assert trained(given("x", 12), layer("Reshape", "reshape", target_shape=[4, 3]), lstm, SCALAR) == []
    assert trained(given("x", 10, 3), layer("Attend", "attend"), lstm, SCALAR) == []
    assert trained(given("x", None, 3), lstm, SCALAR) == []


def test_a_second_input_or_a_state_makes_a_decoder() -> None:
    joined = layer("Concatenate", "joined", ["x", 0, 0], ["before", 0, 0])
    decoder = layer("LSTM", "decoder", ["joined", 0, 0], **SEQUENCES)
    value = layer("Dense", "value", ["decoder", 0, 0], units=1)
    assert compiled(given("x", 10, 3), given("before", 10, 1), joined, decoder, value) == []
    from_state = layer("LSTM", "decoder", ["x", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2], **SEQUENCES)
    encoder = layer("LSTM", "encoder", ["x", 0, 0], units=4, return_state=True)
    assert compiled(given("x", 10, 3), encoder, from_state, value) == []
    plain = layer("LSTM", "decoder", ["x", 0, 0], **SEQUENCES)
    assert compiled(given("x", 10, 3), plain, value) == ["sequence-into-scalar-target"]


def test_a_target_for_every_timestep_is_asked_for_and_not_warned_of() -> None:
    (rule,) = [rule for rule in rules().values() if rule.name == "sequence-into-scalar-target"]
    assert rule.severity is Severity.NOTE


def compiled(*layers: dict[str, Any]) -> list[str]:
    """The rules that fire on a functional model that was trained with mse."""
    inputs = [[one["name"], 0, 0] for one in layers if one["class_name"] == "InputLayer"]
    config = {**functional(*layers)["config"], "input_layers": inputs}
    serialized = {"class_name": "Functional", "config": config}
    document = Document("m.json", Container.JSON, serialized, "", "2.15.0", training_config={"loss": "mse"})
    return [diagnostic.rule for diagnostic in judge(model_of(document)).diagnostics]


def test_the_crossentropy_of_keras_3_does_not_stretch() -> None:
    output = layer("Dense", "value", units=1, activation="sigmoid")
    lstm = layer("LSTM", "lstm", **SEQUENCES)
    old = trained(given("x", 10, 3), lstm, output, loss="binary_crossentropy")
    assert old == ["sequence-into-scalar-target"]
    assert trained(given("x", 10, 3), lstm, output, loss="binary_crossentropy", version="3.15.1") == []


@pytest.mark.parametrize("units", [0, -3, 4.0, "4", None, [4]])
def test_a_bad_width_is_reported_once(units: Any) -> None:
    lstm = layer("LSTM", "lstm", ["x", 0, 0], units=units)
    assert found(given("x", 5, 3), lstm, layer("Dense", "dense", ["lstm", 0, 0], units=3)) == [
        ("invalid-units", "lstm")
    ]
    both = layer("Bidirectional", "both", ["x", 0, 0], layer={"class_name": "LSTM", "config": {"units": units}})
    assert [rule for rule, _ in found(given("x", 5, 3), both)] == ["invalid-units"]


def test_a_bad_merge_mode_is_reported_once() -> None:
    inner = {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}
    both = layer("Bidirectional", "both", ["x", 0, 0], layer=inner, merge_mode="avg")
    assert found(given("x", 5, 3), both) == [("invalid-layer-config", "both")]


def test_the_dense_of_keras_2_15_takes_texts() -> None:
    dense = layer("Dense", "dense", ["x", 0, 0], units="4")
    analysis = judge(model_of(Document("m.json", Container.JSON, functional(given("x", 5), dense), "", "2.15.0")))
    assert [str(one.severity) for one in analysis.diagnostics] == ["warning"]


def functional(*layers: dict[str, Any]) -> dict[str, Any]:
    outputs = [[layers[-1]["name"], 0, 0]]
    config = {"name": "m", "layers": list(layers), "input_layers": [["x", 0, 0]], "output_layers": outputs}
    return {"class_name": "Functional", "config": config}


def test_states_out_of_the_last_layer_of_keras_3_are_fine() -> None:
    lstm = layer("LSTM", "lstm", units=4, return_state=True)
    assert trained(given("x", 10, 3), lstm, version="3.15.1", loss=None) == []
    assert trained(given("x", 10, 3), lstm, loss=None) == ["multi-output-in-sequential"]
    joined = layer("Concatenate", "joined", axis=-1)
    assert trained(given("x", 10, 3), lstm, joined, version="3.15.1", loss=None) == []
    assert trained(given("x", 10, 3), lstm, SCALAR, version="3.15.1") == ["multi-output-in-sequential"]


def both(mode: str | None, backward: int) -> dict[str, Any]:
    forward = {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}
    reverse = {"class_name": "LSTM", "config": {"name": "lstm", "units": backward, "go_backwards": True}}
    return layer("Bidirectional", "both", ["x", 0, 0], layer=forward, backward_layer=reverse, merge_mode=mode)


def test_tf_keras_concatenates_unequal_directions_rightly() -> None:
    assert found(given("x", 5, 3), both("concat", 6)) == []
    assert found(given("x", 5, 3), both("sum", 4)) == []
    assert found(given("x", 5, 3), both("sum", 6)) == [("bidirectional-width-mismatch", "both")]


def test_keras_2_flips_a_forward_layer_that_runs_backwards() -> None:
    def flipped(**config: Any) -> dict[str, Any]:
        inner = {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "go_backwards": True, **config}}
        return layer("Bidirectional", "both", ["x", 0, 0], layer=inner)

    assert found(given("x", 5, 3), flipped()) == []
    reversed_order = found(given("x", 5, 3), flipped(return_sequences=True))
    assert reversed_order == [("bidirectional-config-mismatch", "both/forward_lstm")]


def test_states_of_the_right_widths_are_fine() -> None:
    decoder = layer("LSTM", "decoder", ["target", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2], units=8)
    assert found(given("source", 5, 3), given("target", 4, 3), ENCODER, decoder) == []
    wider = {**decoder, "config": {**decoder["config"], "units": 9}}
    mismatch = found(given("source", 5, 3), given("target", 4, 3), ENCODER, wider)
    assert mismatch == [("initial-state-mismatch", "decoder")]
    gru = layer("GRU", "gru", ["target", 0, 0], ["encoder", 0, 1], units=8)
    assert found(given("source", 5, 3), given("target", 4, 3), ENCODER, gru, gru_end()) == []


def gru_end() -> dict[str, Any]:
    return layer("Concatenate", "end", ["gru", 0, 0], ["encoder", 0, 2])


def test_a_sequence_for_a_state_is_cured_by_returning_states() -> None:
    encoder = layer("LSTM", "encoder", ["source", 0, 0], **SEQUENCES)
    decoder = layer("LSTM", "decoder", ["target", 0, 0], ["encoder", 0, 0], ["encoder", 0, 0], units=4)
    document = Document(
        "m.json", Container.JSON, functional(given("source", 5, 3), given("target", 4, 3), encoder, decoder)
    )
    cures = [one.finding.help for one in judge(model_of(document)).diagnostics if one.rule == "initial-state-mismatch"]
    assert cures == ["set return_state=True on 'encoder', and give 'decoder' 2 states as wide as itself"]


def test_states_behind_a_custom_layer_are_not_judged() -> None:
    custom = layer("Bridge", "bridge", ["source", 0, 0])
    decoder = layer("LSTM", "decoder", ["target", 0, 0], ["bridge", 0, 0], ["bridge", 0, 1], units=8)
    assert found(given("source", 5, 3), given("target", 4, 3), custom, decoder) == []


def test_axes_and_units_are_judged_at_the_input_only() -> None:
    assert pedantic(given("x", 3, 100), layer("LSTM", "lstm", units=6)) == ["axes-maybe-swapped"]
    assert pedantic(given("x", 3, 24), layer("LSTM", "lstm", units=6)) == []
    assert pedantic(given("x", 1, 100), layer("LSTM", "lstm", units=6)) == []
    assert pedantic(given("x", None, 100), layer("LSTM", "lstm", units=6)) == []
    assert pedantic(given("x", 3, 10), layer("Dense", "wide", units=100), layer("LSTM", "lstm", units=6)) == []
    assert pedantic(given("x", 50, 1), layer("LSTM", "lstm", units=50)) == ["units-equal-timesteps"]
    assert pedantic(given("x", 64, 1), layer("LSTM", "lstm", units=64)) == []
    assert pedantic(given("x", 3, 1), layer("LSTM", "lstm", units=3)) == []


@pytest.mark.parametrize("units", ["x", [1, 2], 0, -3, None, {"class_name": "LSTM"}])
@pytest.mark.parametrize("class_name", ["LSTM", "GRU", "SimpleRNN"])
def test_no_rule_fails_where_tensors_tell_the_weights_that_the_config_does_not(class_name: str, units: object) -> None:
    gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[class_name]
    shapes = {"kernel": (2, 3 * gates), "recurrent_kernel": (3, 3 * gates), "bias": (3 * gates,)}
    tensors = tuple(StoredTensor(name, f"recurrent/{name}", shape, "float32") for name, shape in shapes.items())
    layers = [
        {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 4, 2]}},
        {"class_name": class_name, "config": {"name": "recurrent", "units": units}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "model", "layers": layers}}
    stored = (StoredLayer("recurrent", tensors),)
    document = Document("model.h5", Container.H5, config, keras_version="2.15.0", stored=stored)
    said = judge(model_of(document), Settings(persona=Persona.PEDANTIC)).diagnostics
    assert not [one.finding.message for one in said if "failed:" in one.finding.message]
