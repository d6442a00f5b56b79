"""What keeps rules calm: the configs that look like a finding and are none."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import judge, model_of


def layer(class_name: str, name: str, *inbound: list[Any], **config: Any) -> dict[str, Any]:
    node = [[[*reference, {}] for reference in inbound]] if inbound else []
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": node}


def given(name: str, *shape: int | None) -> dict[str, Any]:
    return layer("InputLayer", name, batch_input_shape=[None, *shape])


def found(*layers: dict[str, Any]) -> list[tuple[str, str]]:
    """The rules that fire on a functional model of Keras 2, with the layers on which they do."""
    inputs = [[serialized["name"], 0, 0] for serialized in layers if serialized["class_name"] == "InputLayer"]
    config = {
        "name": "m",
        "layers": list(layers),
        "input_layers": inputs,
        "output_layers": [[layers[-1]["name"], 0, 0]],
    }
    serialized = {"class_name": "Functional", "keras_version": "2.15.0", "config": config}
    analysis = judge(model_of(Document("m.json", Container.JSON, serialized, keras_version="2.15.0")))
    return [(diagnostic.rule, diagnostic.finding.location.layer) for diagnostic in analysis.diagnostics]


ENCODER = layer("LSTM", "encoder", ["source", 0, 0], units=8, return_state=True)


def test_encoder_states_that_start_a_decoder_are_no_missing_sequence() -> None:
    decoder = layer("LSTM", "decoder", ["target", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2], units=8)
    assert found(given("source", 5, 3), given("target", 4, 3), ENCODER, decoder) == []


def test_a_state_as_sequence_is_a_wrong_rank_and_not_a_missing_sequence() -> None:
    decoder = layer("LSTM", "decoder", ["encoder", 0, 1], units=8)
    assert found(given("source", 5, 3), ENCODER, decoder) == [("rnn-input-rank", "decoder")]


def test_a_repeated_vector_is_a_sequence() -> None:
    repeat = layer("RepeatVector", "repeat", ["encoder", 0, 0], n=4)
    decoder = layer("LSTM", "decoder", ["repeat", 0, 0], units=8)
    assert found(given("source", 5, 3), ENCODER, repeat, decoder) == []


def test_one_step_with_a_state_or_stateful_is_no_dead_recurrence() -> None:
    decoder = layer("LSTM", "decoder", ["target", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2], units=8)
    assert found(given("source", 5, 3), given("target", 1, 3), ENCODER, decoder) == []
    stateful = layer("LSTM", "lstm", ["x", 0, 0], units=8, stateful=True)
    assert found(given("x", 1, 3), stateful) == [("stateful-needs-batch", "lstm")]
    plain = layer("LSTM", "lstm", ["x", 0, 0], units=8)
    assert found(given("x", 1, 3), plain) == [("single-timestep-recurrence", "lstm")]


def test_nothing_is_said_behind_a_custom_layer() -> None:
    custom = layer("Attend", "attend", ["x", 0, 0])
    assert found(given("x", 1, 3), custom, layer("LSTM", "lstm", ["attend", 0, 0], units=8)) == []


def test_a_nested_encoder_is_named_as_the_cause() -> None:
    inner = {
        "name": "inner",
        "layers": [given("inside", 5, 3), layer("LSTM", "encoder", ["inside", 0, 0], units=8)],
        "input_layers": [["inside", 0, 0]],
        "output_layers": [["encoder", 0, 0]],
    }
    nested = {**layer("Functional", "inner", ["x", 1, 0]), "config": inner}
    nested["inbound_nodes"] = [[["x", 0, 0, {}]]]
    decoder = layer("LSTM", "decoder", ["inner", 1, 0], units=8)
    assert found(given("x", 5, 3), nested, decoder) == [("missing-return-sequences", "inner/encoder")]
