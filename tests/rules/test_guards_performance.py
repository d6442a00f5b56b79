"""What keeps the rules of performance calm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lstmlint.ir.document import Container, Document
from lstmlint.linting.rule import rules
from lstmlint.pipeline import judge, model_of
from tests.rules.test_rule_guards import found, given, layer


def unrolled(*shape: int | None, **config: Any) -> list[tuple[str, str]]:
    return found(given("series", *shape), layer("LSTM", "lstm", ["series", 0, 0], units=3, unroll=True, **config))


def test_short_sequences_may_be_unrolled() -> None:
    assert unrolled(10, 2) == []
    assert unrolled(50, 2) == []
    assert unrolled(51, 2) == [("unroll-long", "lstm")]


def test_unrolling_over_an_open_length_is_not_long_as_well() -> None:
    assert unrolled(None, 2) == [("unroll-unknown-time", "lstm")]


def test_time_major_sequences_have_their_length_first() -> None:
    lstm = layer("LSTM", "lstm", ["series", 0, 0], units=3, unroll=True, time_major=True)
    series = layer("InputLayer", "series", batch_input_shape=[10, 200, 2])
    assert "unroll-long" not in [rule for rule, _ in found(series, lstm)]


def test_both_directions_are_one_finding() -> None:
    inner = {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "unroll": True}}
    both = layer("Bidirectional", "both", ["series", 0, 0], layer=inner)
    assert found(given("series", 200, 2), both) == [("unroll-long", "both")]


def test_nothing_is_said_of_a_length_that_is_unknown() -> None:
    custom = layer("Windows", "windows", ["series", 0, 0])
    lstm = layer("LSTM", "lstm", ["windows", 0, 0], units=3, unroll=True)
    assert found(given("series", 200, 2), custom, lstm) == []


def cudnn(class_name: str, **config: Any) -> list[str]:
    """What the pedantic rule says of one layer of Keras 2.15."""
    layers = [given("series", 10, 2), layer(class_name, "rnn", units=3, **config)]
    serialized = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    document = Document("m.json", Container.JSON, serialized, keras_version="2.15.0")
    (rule,) = (rule for rule in rules().values() if rule.name == "cudnn-ineligible")
    diagnostics = rule.run(model_of(document))
    return [verdict.finding.help for verdict in diagnostics if hasattr(verdict, "finding")]


def test_the_defaults_are_eligible() -> None:
    assert cudnn("LSTM") == cudnn("GRU") == []
    assert cudnn("LSTM", dropout=0.5, stateful=True, go_backwards=True, recurrent_dropout=0.0) == []
    assert cudnn("SimpleRNN", activation="relu") == []


def test_every_setting_that_is_not_is_named() -> None:
    (said,) = cudnn("LSTM", activation=None, recurrent_activation="hard_sigmoid", use_bias=False, unroll=True)
    assert "activation='tanh', recurrent_activation='sigmoid', use_bias=True, unroll=False" in said
    (said,) = cudnn("GRU", reset_after=False)
    assert "reset_after=True" in said


def test_an_activation_may_be_an_object() -> None:
    tanh = {"module": "builtins", "class_name": "function", "config": "tanh", "registered_name": "function"}
    assert cudnn("LSTM", activation=tanh) == []
    assert cudnn("LSTM", activation={**tanh, "config": "mine"}) != []


def test_standalone_keras_before_2_3_is_told_by_its_version() -> None:
    layers = [given("series", 10, 2), layer("LSTM", "rnn", units=3)]
    serialized = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    document = Document("m.json", Container.JSON, serialized, keras_version="2.2.4")
    rule = rules()["cudnn-ineligible"]
    assert len(list(rule.run(model_of(document)))) == 1
    assert list(rule.run(model_of(replace(document, keras_version="2.3.1")))) == []
    assert judge(model_of(document)).diagnostics == ()
