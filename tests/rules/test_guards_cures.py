"""What findings say and advise: sentences that hold for each kind of layer, and cures that help it."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.analyses.limits import exceeds
from lstmlint.ir.document import Container, Document
from lstmlint.ir.finding import Diagnostic, Finding
from lstmlint.linting.rule import Persona, rules
from lstmlint.pipeline import model_of
from tests.rules.test_guards_training import SERIES, X, compiled, dense, document, found
from tests.rules.test_rule_guards import given, layer

STEPS_OF_ONE = given("x", 1, 12)


def said(rule: str, *layers: dict[str, Any], **facts: Any) -> list[Finding]:
    """The findings of one rule on a functional model."""
    verdicts = rules()[rule].run(model_of(document(*layers, **facts)))
    return [verdict.finding for verdict in verdicts if isinstance(verdict, Diagnostic)]


def lstm(name: str = "rnn", before: str = "x", class_name: str = "LSTM", **config: Any) -> dict[str, Any]:
    return layer(class_name, name, [before, 0, 0], **{"units": 4, **config})


def in_both(before: str = "x", **config: Any) -> dict[str, Any]:
    return layer("Bidirectional", "both", [before, 0, 0], layer={"class_name": "LSTM", "config": config})


# What a recurrent layer applies is not what leaves it.


@pytest.mark.parametrize("class_name", ["LSTM", "GRU"])
def test_a_softmax_inside_of_gates_is_no_distribution(class_name: str) -> None:
    record = compiled("categorical_crossentropy")
    of_four = lstm(class_name=class_name, activation="softmax")
    assert found(SERIES, of_four, **record) == [("gated-softmax", "warning", "rnn")]
    of_one = lstm(class_name=class_name, units=1, activation="softmax")
    assert found(SERIES, of_one, **compiled("binary_crossentropy")) == [("gated-softmax", "warning", "rnn")]
    hidden = found(SERIES, of_four, dense("y", "rnn", 1), **compiled("mse"))
    assert hidden == [("gated-softmax", "warning", "rnn")]
    assert found(SERIES, lstm(class_name=class_name), dense("y", "rnn", 4, "softmax"), **record) == []


def test_the_cure_of_a_softmax_inside_of_gates_is_a_dense_behind_them() -> None:
    (finding,) = said("gated-softmax", SERIES, lstm(activation="softmax"), **compiled("categorical_crossentropy"))
    assert finding.help == "set activation='tanh' on 'rnn' and put a Dense(4, activation='softmax') behind 'rnn'"
    both = in_both(name="in", units=4, activation="softmax")
    (finding,) = said("gated-softmax", SERIES, both, **compiled("categorical_crossentropy"))
    assert finding.help == (
        "set activation='tanh' on the layer inside 'both' and put a Dense(8, activation='softmax') behind 'both'"
    )
    (finding,) = said("gated-softmax", SERIES, lstm(units=1, activation="softmax"), **compiled("mse"))
    assert "only the gates read the input" in finding.message
    assert "Dense(1, activation='sigmoid')" in finding.help


def test_a_simple_rnn_has_no_gates() -> None:
    plain = lstm(class_name="SimpleRNN", activation="softmax")
    assert found(SERIES, plain, **compiled("categorical_crossentropy")) == []
    one = lstm(class_name="SimpleRNN", units=1, activation="softmax")
    assert found(SERIES, one) == [("softmax-single-unit", "error", "rnn")]


def test_nothing_is_said_of_what_gates_that_are_none_let_through() -> None:
    odd = lstm(recurrent_activation="tanh", activation="sigmoid")
    assert found(SERIES, odd, **compiled("categorical_crossentropy")) == [("odd-gate-activation", "warning", "rnn")]


def test_an_output_of_a_recurrent_layer_gets_its_activation_from_a_dense() -> None:
    (finding,) = said("crossentropy-activation-mismatch", SERIES, lstm(), **compiled("categorical_crossentropy"))
    assert finding.help == "put a Dense(4, activation='softmax') behind 'rnn'"
    (finding,) = said("single-unit-categorical", SERIES, lstm(units=1), **compiled("categorical_crossentropy"))
    assert finding.help == "compile with binary_crossentropy, and put a Dense(1, activation='sigmoid') behind 'rnn'"


def test_the_bound_of_a_state_is_not_taken_away() -> None:
    relu = layer("Activation", "relu", ["rnn", 0, 0], activation="relu")
    (finding,) = said("double-activation", SERIES, lstm(), relu)
    assert finding.help == "put a Dense behind 'rnn', or delete 'relu'"


# Cures name what the layer has.


@pytest.mark.parametrize("class_name", ["Softmax", "LeakyReLU", "ReLU", "ELU"])
def test_a_layer_that_is_an_activation_is_replaced(class_name: str) -> None:
    last = layer(class_name, "last", ["y", 0, 0])
    rule, loss = ("softmax-single-unit", "mse") if class_name == "Softmax" else ("single-unit-categorical", None)
    record = compiled(loss or "categorical_crossentropy")
    (finding,) = said(rule, X, dense("y", "x", 1), last, **record)
    assert "put Activation('sigmoid') in the place of 'last'" in finding.help


def test_the_softmax_of_attention_gets_the_axis_of_the_steps() -> None:
    scores = dense("scores", "x", 1)
    (finding,) = said("softmax-single-unit", SERIES, scores, layer("Softmax", "weights", ["scores", 0, 0]),
                      layer("Flatten", "flat", ["weights", 0, 0]), dense("y", "flat", 2))  # fmt: skip
    assert finding.help.endswith("set axis=1 on 'weights'")


def test_what_limits_nothing_is_no_first_activation() -> None:
    def behind(class_name: str, **config: Any) -> list[tuple[str, str, str]]:
        first = layer(class_name, "first", ["hidden", 0, 0], **config)
        return found(X, dense("hidden", "x", 8), first, layer("Softmax", "second", ["first", 0, 0]))

    assert behind("LeakyReLU") == behind("PReLU") == behind("ReLU", negative_slope=0.1) == []
    assert behind("ReLU") == [("double-activation", "warning", "second")]
    (finding,) = said("double-activation", X, dense("hidden", "x", 8), layer("ReLU", "first", ["hidden", 0, 0]),
                      layer("Softmax", "second", ["first", 0, 0]))  # fmt: skip
    assert finding.help == "delete 'first' or 'second'"


def test_a_softmax_that_weighs_inside_of_a_model_is_not_to_be_deleted() -> None:
    weights = layer("Softmax", "weights", ["scores", 0, 0])
    (finding,) = said("double-activation", X, dense("scores", "x", 8, "tanh"), weights, dense("y", "weights", 1))
    assert finding.help == "set activation='linear' on 'scores'"


# Metrics.


@pytest.mark.parametrize(
    ("units", "metric", "version", "asks"),
    [
        (1, "accuracy", "3.15.1", "accuracy asks only whether each is above 0.5"),
        (1, "acc", "2.2.4", "accuracy rounds each to a whole number first"),
        (1, "acc", "2.2.4-tf", "accuracy asks only whether each is above 0.5"),
        (3, "accuracy", "2.15.0", "accuracy asks only which number is the largest"),
        (3, "binary_accuracy", "2.15.0", "binary_accuracy asks only whether each is above 0.5"),
        (1, {"class_name": "Accuracy", "config": {"name": "acc"}}, "3.15.1", "Accuracy counts those that equal"),
    ],
)
def test_what_an_accuracy_asks_of_numbers(units: int, metric: Any, version: str, asks: str) -> None:
    record = compiled("mse", metric)
    (finding,) = said("metric-task-mismatch", X, dense("y", "x", units), keras_version=version, **record)
    assert asks in finding.message


# Limits, proportions and steps.


def test_limits_are_compared_with_the_digits_that_float32_holds() -> None:
    kept = 0.10000000149011612
    assert not exceeds(kept, 0.1)
    assert exceeds(0.1001, 0.1)
    assert exceeds(1e300, 1e38)
    regularizer = {"class_name": "L2", "config": {"l2": kept}}
    assert said("absurd-regularizer", X, dense("y", "x", 1, kernel_regularizer=regularizer)) == []
    for rate in (0.05000000074505806, 1.0000000116860974e-07):
        record = {"optimizer_config": {"class_name": "Adam", "config": {"learning_rate": rate}}}
        assert said("learning-rate-range", X, dense("y", "x", 1), training_config=record) == []


def test_64_units_for_one_feature_are_common() -> None:
    def width(units: int, features: int = 1) -> list[Finding]:
        return said("unbalanced-width", given("x", 20, features), lstm(units=units))

    assert width(64) == []
    assert [finding.help.partition(";")[0] for finding in width(65)] == ["try 32 units first"]
    for units, features in ((128, 1), (136, 8), (600, 10), (128, 4), (5000, 3)):
        (finding,) = width(units, features)
        suggested = int(finding.help.removeprefix("try ").partition(" ")[0].replace(",", ""))
        assert suggested < units
        assert width(suggested, features) == []


def test_filters_are_no_units() -> None:
    filters = layer("ConvLSTM2D", "rnn", ["x", 0, 0], filters=64, kernel_size=[3, 3])
    assert said("unbalanced-width", given("x", 5, 16, 16, 1), filters) == []


def test_only_the_features_of_an_input_may_be_steps() -> None:
    stack = [STEPS_OF_ONE, lstm("first", return_sequences=True), lstm("second", "first")]
    first, second = said("single-timestep-recurrence", *stack)
    assert "such as (12, 1) if the 12 values are in order of time" in first.help
    assert second.help == "let 'first' give 'second' more than 1 timestep, or use Dense"
    images = layer("ConvLSTM2D", "rnn", ["x", 0, 0], filters=4, kernel_size=[3, 3])
    (finding,) = said("single-timestep-recurrence", given("x", 1, 8, 8, 3), images)
    assert finding.help == "give 'rnn' real sequences, or use Conv2D"


def test_one_timestep_is_no_reason_and_is_not_called_one() -> None:
    (finding,) = said("rnn-params-large", given("x", 1, 40), lstm(units=600))
    assert "timestep" not in finding.help


@pytest.mark.parametrize(("config", "ending"), [(None, ".weights.h5"), ({"config": {}}, ".h5")])
def test_weights_of_keras_3_are_not_to_be_called_h5(config: Any, ending: str) -> None:
    from lstmlint.inference.infer import infer
    from lstmlint.ir.document import WeightNaming

    told = Document("m", Container.H5, config, remarks=("HDF5 named .keras",), stored_by=WeightNaming.CLASS_NAME)
    (verdict,) = rules()["irregular-file"].run(infer(told, None, {}))
    assert isinstance(verdict, Diagnostic)
    assert verdict.finding.help == f"rename it to end in {ending}"


def test_a_layer_inside_of_another_is_named_by_it() -> None:
    both = in_both(name="in", units=4, activation="relu")
    (finding,) = said("unbounded-recurrent-activation", SERIES, both)
    assert finding.help == "set activation='tanh' on the layer inside 'both'"
    cells = [{"class_name": "LSTMCell", "config": {"name": f"cell_{index}", "units": 4}} for index in range(2)]
    cells[1]["config"] |= {"activation": "relu"}  # type: ignore[operator]
    stacked = {"class_name": "StackedRNNCells", "config": {"name": "cells", "cells": cells}}
    (finding,) = said("unbounded-recurrent-activation", SERIES, layer("RNN", "rnn", ["x", 0, 0], cell=stacked))
    assert finding.help == "set activation='tanh' on cell 1 inside 'cells'"


def test_pedantic_rules_are_still_asked_for() -> None:
    assert rules()["bounded-regression-output"].persona is Persona.PEDANTIC
    (finding,) = said("bounded-regression-output", SERIES, lstm(), **compiled("mse"))
    assert finding.help == "put a Dense behind 'rnn', unless all targets lie in that range"


def test_where_a_forget_gate_starts_depends_on_its_function() -> None:
    for gate, said_of_it in (("sigmoid", ["at 0.5 and not at 0.73"]), ("hard_sigmoid", ["at 0.5"]), ("tanh", [])):
        told = said("forget-bias-off", SERIES, lstm(unit_forget_bias=False, recurrent_activation=gate))
        starts = [finding.message.partition(", ")[0].partition("starts ")[2] for finding in told]
        assert starts == said_of_it


def test_units_of_a_constant_kernel_still_differ_by_the_other() -> None:
    (finding,) = said("constant-initializer", SERIES, lstm(kernel_initializer="ones"))
    assert finding.message == "every weight of its kernel starts from 1, so all 4 units read the input alike"


@pytest.mark.parametrize(("version", "cure"), [("3.15.1", "keras.ops.flip(x, axis=1)"), ("2.15.0", "keras.backend")])
def test_a_sequence_is_turned_by_what_its_keras_has(version: str, cure: str) -> None:
    turned = layer("LSTM", "rnn", units=4, go_backwards=True, return_sequences=True)
    config = {"name": "m", "layers": [{key: one[key] for key in ("class_name", "config")} for one in (SERIES, turned)]}
    told = Document("m", Container.JSON, {"class_name": "Sequential", "config": config}, keras_version=version)
    (verdict,) = rules()["go-backwards-sequence-order"].run(model_of(told))
    assert isinstance(verdict, Diagnostic)
    assert cure in verdict.finding.help


def test_positions_are_pooled_over_as_many_axes_as_there_are() -> None:
    flat = layer("Flatten", "flat", ["x", 0, 0])
    for shape, pooling in (((500, 40), "GlobalAveragePooling1D"), ((40, 40, 16), "GlobalAveragePooling2D")):
        (finding,) = said("flatten-dense-large", given("x", *shape), flat, dense("y", "flat", 100))
        assert finding.help == f"first pool over the flattened positions, with {pooling} for instance"
