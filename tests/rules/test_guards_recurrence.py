"""What keeps the rules on recurrence calm: the configs that look like a finding and are none."""

from __future__ import annotations

from typing import Any

from tests.rules.test_rule_guards import found, given, layer

RULES = {"stateful-needs-batch", "batch-size-locked", "stateful-bidirectional", "go-backwards-sequence-order"}


def on_recurrence(*layers: dict[str, Any]) -> list[tuple[str, str]]:
    return [(rule, place) for rule, place in found(*layers) if rule in RULES]


def batch(size: int | None, name: str = "x") -> dict[str, Any]:
    return layer("InputLayer", name, batch_input_shape=[size, 5, 3])


def lstm(name: str = "lstm", inbound: str = "x", **config: Any) -> dict[str, Any]:
    return layer("LSTM", name, [inbound, 0, 0], units=4, **config)


def test_a_stateful_layer_needs_a_batch_wherever_it_is() -> None:
    assert on_recurrence(batch(None), lstm(stateful=True)) == [("stateful-needs-batch", "lstm")]
    assert on_recurrence(batch(None), lstm()) == []
    inside = {"class_name": "LSTM", "config": {"name": "in", "units": 4, "stateful": True}}
    both = layer("Bidirectional", "both", ["x", 0, 0], layer=inside)
    assert on_recurrence(batch(None), both) == [("stateful-bidirectional", "both"), ("stateful-needs-batch", "both")]


def test_the_batch_of_an_unknown_input_is_not_judged() -> None:
    assert on_recurrence(batch(None), layer("Gate", "gate", ["x", 0, 0]), lstm("lstm", "gate", stateful=True)) == []


def test_time_major_has_its_batch_in_second_place() -> None:
    x = layer("InputLayer", "x", batch_input_shape=[None, 5, 3])
    assert on_recurrence(x, lstm(stateful=True, time_major=True)) == []


def test_a_batch_of_one_is_how_models_are_exported() -> None:
    assert on_recurrence(batch(1), lstm()) == []
    assert on_recurrence(batch(32), lstm()) == [("batch-size-locked", "x")]
    assert on_recurrence(batch(1), lstm(stateful=True)) == [("batch-size-locked", "x")]


def test_a_fixed_batch_is_told_of_one_input() -> None:
    joined = layer("Concatenate", "joined", ["x", 0, 0], ["y", 0, 0])
    assert on_recurrence(batch(8), batch(8, "y"), joined, lstm("lstm", "joined")) == [("batch-size-locked", "x")]


def test_a_model_without_recurrence_may_fix_its_batch() -> None:
    assert on_recurrence(batch(8), layer("Dense", "dense", ["x", 0, 0], units=2)) == []


def test_going_backwards_to_one_vector_is_in_no_order() -> None:
    assert on_recurrence(given("x", 5, 3), lstm(go_backwards=True)) == []
    backwards = lstm(go_backwards=True, return_sequences=True)
    assert on_recurrence(given("x", 5, 3), backwards) == [("go-backwards-sequence-order", "lstm")]


def test_what_is_turned_around_again_is_in_order() -> None:
    backwards = lstm(go_backwards=True, return_sequences=True)
    flip = layer("Lambda", "flip", ["lstm", 0, 0])
    assert on_recurrence(given("x", 5, 3), backwards, flip) == []
    again = lstm("again", "lstm", go_backwards=True, return_sequences=True)
    assert on_recurrence(given("x", 5, 3), backwards, again) == []


def test_bidirectional_turns_its_backward_layer_around() -> None:
    inside = {"class_name": "LSTM", "config": {"name": "in", "units": 4, "return_sequences": True}}
    assert on_recurrence(given("x", 5, 3), layer("Bidirectional", "both", ["x", 0, 0], layer=inside)) == []
