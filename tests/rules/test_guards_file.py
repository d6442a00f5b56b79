"""What keeps the rules on files and graphs calm."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.document import Container, Document
from lstmlint.linting.rule import Persona
from lstmlint.pipeline import judge, model_of
from lstmlint.settings.settings import Settings
from tests.rules.test_rule_guards import ENCODER, found, given, layer


def test_a_layer_with_several_calls_is_no_duplicate() -> None:
    dense = layer("Dense", "dense", units=3)
    dense["inbound_nodes"] = [[["left", 0, 0, {}]], [["right", 0, 0, {}]]]
    joined = layer("Concatenate", "joined", ["dense", 0, 0], ["dense", 1, 0])
    assert found(given("left", 5), given("right", 5), dense, joined) == []


def test_a_nested_model_has_names_of_its_own() -> None:
    inner = {
        "name": "inner",
        "layers": [given("x", 5), layer("Dense", "dense", ["x", 0, 0], units=5)],
        "input_layers": [["x", 0, 0]],
        "output_layers": [["dense", 0, 0]],
    }
    nested = {**layer("Functional", "inner"), "config": inner, "inbound_nodes": [[["x", 0, 0, {}]]]}
    dense = layer("Dense", "dense", ["inner", 1, 0], units=5, activation="relu")
    assert found(given("x", 5), nested, dense) == []


def test_layers_without_a_name_in_the_file_are_no_duplicates() -> None:
    listed = [{"class_name": "Dense", "config": {"units": 3, "activation": "relu"}} for _ in range(2)]
    serialized = {"class_name": "Sequential", "config": listed}
    analysis = judge(model_of(Document("m.json", Container.JSON, serialized, keras_version="2.2.0")))
    assert [diagnostic.rule for diagnostic in analysis.diagnostics] == []


def test_what_two_layers_of_a_name_cause_is_said_once() -> None:
    first = layer("Dense", "dense", ["x", 0, 0], units=3)
    second = layer("Dense", "dense", ["dense", 0, 0], units=3, activation="relu")
    rules = [rule for rule, _ in found(given("x", 5), first, second)]
    assert rules == ["duplicate-layer-name"]


def test_outputs_of_custom_layers_are_not_counted() -> None:
    custom = layer("Attend", "attend", ["x", 0, 0])
    assert found(given("x", 5), custom, layer("Dense", "dense", ["attend", 0, 4], units=3)) == []


def test_an_output_of_a_nested_model_is_there() -> None:
    inner: dict[str, Any] = {
        "name": "inner",
        "layers": [given("inside", 5, 3), {**ENCODER, "inbound_nodes": [[["inside", 0, 0, {}]]]}],
        "input_layers": [["inside", 0, 0]],
        "output_layers": [["encoder", 0, 1], ["encoder", 0, 2]],
    }
    nested = {**layer("Functional", "inner"), "config": inner, "inbound_nodes": [[["x", 0, 0, {}]]]}
    assert found(given("x", 5, 3), nested, layer("Dense", "dense", ["inner", 1, 1], units=3)) == []
    dangling = found(given("x", 5, 3), nested, layer("Dense", "dense", ["inner", 1, 2], units=3))
    assert dangling == [("dangling-reference", "dense")]


def test_layers_behind_a_loop_are_not_part_of_it() -> None:
    add = layer("Add", "add", ["x", 0, 0], ["b", 0, 0])
    b = layer("Dense", "b", ["add", 0, 0], units=5, activation="relu")
    behind = layer("Dense", "behind", ["b", 0, 0], units=5)
    serialized = found(given("x", 5), add, b, behind)
    assert serialized == [("dangling-reference", "add")]


def test_states_that_a_decoder_reads_are_used() -> None:
    decoder = layer("LSTM", "decoder", ["target", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2], units=8)
    assert unread(given("source", 5, 3), given("target", 4, 3), ENCODER, decoder) == []


def test_states_of_a_decoder_are_for_another_model() -> None:
    state = {"return_state": True, "return_sequences": True}
    decoder = layer("LSTM", "decoder", ["target", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2], units=8, **state)
    dense = layer("Dense", "dense", ["decoder", 0, 0], units=3)
    assert unread(given("source", 5, 3), given("target", 4, 3), ENCODER, decoder, dense) == []
    plain = layer("LSTM", "plain", ["target", 0, 0], units=8, return_state=True)
    assert unread(given("target", 4, 3), plain, layer("Dense", "dense", ["plain", 0, 0], units=3)) == ["plain"]
    kept_apart = layer("Bidirectional", "plain", ["target", 0, 0], layer=INNER, merge_mode=None)
    joined = layer("Concatenate", "joined", ["plain", 0, 0], ["plain", 0, 1])
    assert unread(given("target", 4, 3), kept_apart, joined) == ["plain"]


INNER = {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "return_state": True}}


def unread(*layers: dict[str, Any]) -> list[str]:
    """The layers whose states nothing reads."""
    outputs = [[layers[-1]["name"], 0, 0]]
    config = {"name": "m", "layers": list(layers), "input_layers": [], "output_layers": outputs}
    serialized = {"class_name": "Functional", "config": config}
    model = model_of(Document("m.json", Container.JSON, serialized, keras_version="2.15.0"))
    judged = judge(model, Settings(persona=Persona.PEDANTIC)).diagnostics
    return [one.finding.location.layer for one in judged if one.rule == "unused-state-output"]
