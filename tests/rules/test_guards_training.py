"""What keeps the rules of training calm: configs that look like a finding and are none; and where findings point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lstmlint.analyses.activations import Activation, applied, initializer, named
from lstmlint.analyses.training import Loss, location_in_record, optimizer, outputs
from lstmlint.ir.document import Container, Document
from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.graph import references
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Persona, rules
from lstmlint.pipeline import judge, model_of
from tests.rules.test_rule_guards import given, layer

RULES = tuple(rule for rule in rules().values() if rule.category == "training")


def document(
    *layers: dict[str, Any], ends: tuple[str, ...] = (), container: Container = Container.JSON, **facts: Any
) -> Document:
    """A functional model of Keras 2 that ends in the last layer or in some, with what else the file says."""
    inputs = [[serialized["name"], 0, 0] for serialized in layers if serialized["class_name"] == "InputLayer"]
    config = {
        "name": "m",
        "layers": list(layers),
        "input_layers": inputs,
        "output_layers": [[name, 0, 0] for name in ends or (layers[-1]["name"],)],
    }
    facts = {"keras_version": "2.15.0", **facts}
    return Document("m", container, {"class_name": "Functional", "config": config}, **facts)


def found(*layers: dict[str, Any], persona: Persona = Persona.REGULAR, **facts: Any) -> list[tuple[str, str, str]]:
    """The rules of training that fire, with the severity and the layer."""
    model = model_of(document(*layers, **facts))
    asked = [rule for rule in RULES if rule.persona in (Persona.REGULAR, persona)]
    verdicts = [verdict for rule in asked for verdict in rule.run(model)]
    return [
        (verdict.rule, str(verdict.severity), verdict.finding.location.layer)
        for verdict in verdicts
        if isinstance(verdict, Diagnostic)
    ]


def compiled(loss: Any, *metrics: Any) -> dict[str, Any]:
    return {"training_config": {"loss": loss, "metrics": list(metrics), "optimizer_config": None}}


def dense(name: str, before: str, units: int, activation: Any = None, **config: Any) -> dict[str, Any]:
    return layer("Dense", name, [before, 0, 0], units=units, activation=activation, **config)


X = given("x", 8)
SERIES = given("x", 60, 3)


def logits(class_name: str) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"from_logits": True}}


@pytest.mark.parametrize(
    ("units", "activation", "loss", "severity"),
    [
        (3, "softmax", "categorical_crossentropy", None),
        (3, None, "categorical_crossentropy", "error"),
        (3, "relu", "sparse_categorical_crossentropy", "error"),
        (3, "sigmoid", "categorical_crossentropy", "warning"),
        (3, None, logits("CategoricalCrossentropy"), None),
        (3, None, "a_loss_of_ones_own", None),
        (3, "an_activation_of_ones_own", "categorical_crossentropy", None),
        (3, None, {"class_name": "Custom>CategoricalCrossentropy", "config": {}}, None),
        (1, "sigmoid", "binary_crossentropy", None),
        (5, "sigmoid", "bce", None),
        (1, None, "binary_crossentropy", "warning"),
        (1, None, logits("BinaryCrossentropy"), None),
        (2, "softmax", "binary_crossentropy", None),
        (3, "softmax", "binary_crossentropy", "warning"),
        (3, "softmax", {"class_name": "function", "config": "binary_crossentropy", "module": "builtins"}, "warning"),
        (3, "tanh", "mse", None),
    ],
)
def test_crossentropies_and_activations(units: int, activation: str, loss: Any, severity: str | None) -> None:
    wanted = [("crossentropy-activation-mismatch", severity, "y")] if severity else []
    assert found(X, dense("y", "x", units, activation), **compiled(loss)) == wanted


def test_an_activation_of_its_own_layer_is_seen_through_dropout_and_reshaping() -> None:
    scores = [X, dense("scores", "x", 6), layer("Activation", "softmax", ["scores", 0, 0], activation="softmax")]
    assert found(*scores, **compiled("categorical_crossentropy")) == []
    kept = layer("Reshape", "reshape", ["softmax", 0, 0], target_shape=[2, 3])
    assert found(*scores, kept, **compiled("categorical_crossentropy")) == []


def test_nothing_is_said_of_what_a_custom_layer_makes() -> None:
    own = layer("Attend", "attend", ["x", 0, 0])
    assert found(X, own, **compiled("categorical_crossentropy")) == []
    assert found(X, own, dense("y", "attend", 1, "softmax")) == [("softmax-single-unit", "error", "y")]


def test_each_output_has_its_own_loss() -> None:
    layers = [X, dense("label", "x", 3, "softmax"), dense("level", "x", 1)]
    ends = ("label", "level")
    for losses in (["categorical_crossentropy", "mse"], {"level": "mse", "label": "categorical_crossentropy"}):
        assert found(*layers, ends=ends, **compiled(losses)) == []
    swapped = ["mse", "categorical_crossentropy"]
    both = [("losses-swapped", "error", "label"), ("single-unit-categorical", "error", "level")]
    assert found(*layers, ends=ends, **compiled(swapped)) == both
    accuracies: dict[str, Any] = {"label": ["accuracy"], "level": ["mae"]}
    record = {"loss": {"level": "mse", "label": "categorical_crossentropy"}, "metrics": accuracies}
    assert found(*layers, ends=ends, training_config=record) == []


def test_softmax_over_the_timesteps_is_no_softmax_over_one_unit() -> None:
    scores = dense("scores", "x", 1)
    assert found(SERIES, scores, layer("Softmax", "weights", ["scores", 0, 0], axis=1)) == []
    over_units = layer("Softmax", "weights", ["scores", 0, 0], axis=-1)
    assert found(SERIES, scores, over_units) == [("softmax-single-unit", "error", "weights")]


def test_from_logits_is_an_error_where_the_backend_does_not_go_back_to_them() -> None:
    layers, loss = [X, dense("y", "x", 3, "softmax")], logits("SparseCategoricalCrossentropy")
    for backend, severity in (("tensorflow", "warning"), (None, "warning"), ("jax", "error"), ("torch", "error")):
        assert found(*layers, backend=backend, **compiled(loss)) == [("from-logits-on-probabilities", severity, "y")]


def recurrent(class_name: str = "LSTM", **config: Any) -> dict[str, Any]:
    return layer(class_name, "rnn", ["x", 0, 0], units=4, **config)


def test_relu_is_fine_for_an_identity_rnn_and_a_note_over_few_steps() -> None:
    name = "unbounded-recurrent-activation"
    identity = {"class_name": "Identity", "config": {"gain": 1.0}}
    assert found(SERIES, recurrent("SimpleRNN", activation="relu", recurrent_initializer=identity)) == []
    assert found(SERIES, recurrent("SimpleRNN", activation="relu")) == [(name, "warning", "rnn")]
    assert found(given("x", 10, 3), recurrent(activation="relu")) == [(name, "note", "rnn")]
    assert found(given("x", None, 3), recurrent(activation="relu")) == [(name, "warning", "rnn")]
    assert found(SERIES, recurrent(activation="relu6")) == []
    assert found(SERIES, recurrent(activation="of_ones_own")) == []


def test_a_bidirectional_layer_is_reported_once() -> None:
    inner = {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "activation": "relu", "dropout": 1.0}}
    assert found(SERIES, layer("Bidirectional", "both", ["x", 0, 0], layer=inner)) == [
        ("dropout-one", "error", "both/forward_lstm"),
        ("unbounded-recurrent-activation", "warning", "both/forward_lstm"),
    ]


def test_what_keras_refuses_is_told_once() -> None:
    layers = [X, layer("Dropout", "drop", ["x", 0, 0], rate=1.5), dense("y", "drop", 1)]
    analysis = judge(model_of(document(*layers, keras_version="3.15.1")))
    (said,) = (one for one in analysis.diagnostics if one.finding.location.layer == "drop")
    assert [member.rule for member in said.members] == ["dropout-out-of-range", "invalid-layer-config"]
    assert found(*layers, keras_version="2.3.1") == [("dropout-out-of-range", "error", "drop")]


def test_dropout_of_the_last_hidden_layer_is_not_at_the_output() -> None:
    drop = layer("Dropout", "drop", ["hidden", 0, 0], rate=0.2)
    hidden = dense("hidden", "x", 8, "relu")
    assert found(X, hidden, drop, dense("y", "drop", 1)) == []
    assert found(X, hidden, drop) == [("dropout-at-output", "note", "drop")]
    assert found(X, hidden, drop, **compiled("mse")) == [("dropout-at-output", "warning", "drop")]
    never = layer("Dropout", "drop", ["hidden", 0, 0], rate=0.0)
    assert found(X, hidden, never, **compiled("mse")) == []


def test_accuracy_of_a_classification_by_mse_is_fine() -> None:
    assert found(X, dense("y", "x", 1, "sigmoid"), **compiled("mse", "accuracy")) == []
    assert found(X, dense("y", "x", 1), **compiled("mse", "mae")) == []
    wrapped = {"class_name": "MeanMetricWrapper", "config": {"fn": "binary_accuracy", "name": "accuracy"}}
    expected = [("metric-task-mismatch", "warning", "y")]
    assert found(X, dense("y", "x", 1), **compiled("mse", [wrapped])) == expected


def test_a_metric_of_one_class_is_fine() -> None:
    for config, wanted in (({"class_id": 1}, []), ({}, [("metric-task-mismatch", "note", "y")])):
        metric = {"class_name": "Precision", "config": config}
        assert found(X, dense("y", "x", 3, "softmax"), **compiled("categorical_crossentropy", metric)) == wanted


def test_weights_make_the_start_a_note() -> None:
    layers = [SERIES, recurrent(unit_forget_bias=False)]
    assert found(*layers) == [("forget-bias-off", "warning", "rnn")]
    assert found(SERIES, recurrent(unit_forget_bias=False, use_bias=False)) == []
    assert found(SERIES, recurrent(unit_forget_bias=False, bias_initializer="ones")) == []
    assert found(SERIES, recurrent(kernel_initializer={"class_name": "Zeros", "config": {}})) == []
    assert found(SERIES, recurrent(recurrent_initializer="ones")) == [("constant-initializer", "warning", "rnn")]
    assert found(SERIES, recurrent(recurrent_initializer="zeros")) == [("constant-initializer", "note", "rnn")]


def test_keras_1_spells_the_forget_bias_otherwise() -> None:
    for spelt, wanted in (("one", []), ("zero", [("forget-bias-off", "warning", "rnn")])):
        lstm = layer("LSTM", "rnn", ["x", 0, 0], output_dim=4, forget_bias_init=spelt, inner_activation="hard_sigmoid")
        assert found(SERIES, lstm, keras_version="1.2.2") == wanted


def test_a_bottleneck_and_a_shared_result_are_no_linear_chain() -> None:
    hidden = dense("hidden", "x", 8)
    assert found(X, hidden, dense("y", "hidden", 1)) == [("linear-dense-chain", "note", "hidden")]
    assert found(X, hidden, dense("y", "hidden", 1), ends=("hidden", "y")) == []
    assert found(X, dense("low", "x", 2), dense("y", "low", 8)) == []
    assert found(X, dense("hidden", "x", 8, "relu"), dense("y", "hidden", 1)) == []
    normalized = layer("BatchNormalization", "norm", ["hidden", 0, 0])
    assert found(X, hidden, normalized, dense("y", "norm", 1)) == []


def test_relu_twice_is_relu() -> None:
    again = layer("Activation", "again", ["hidden", 0, 0], activation="relu")
    assert found(X, dense("hidden", "x", 8, "relu"), again) == []
    assert found(X, dense("hidden", "x", 8), again) == []
    assert found(X, dense("hidden", "x", 8, "tanh"), again) == [("double-activation", "note", "again")]
    softmax = layer("Softmax", "again", ["hidden", 0, 0])
    assert found(X, dense("hidden", "x", 8, "softmax"), softmax) == [("double-activation", "warning", "again")]


def test_mixed_precision_is_told_in_both_spellings() -> None:
    for written in ("mixed_float16", {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}):
        assert found(X, dense("y", "x", 3, "softmax", dtype=written)) == [("output-not-float32", "warning", "y")]
    assert found(X, dense("y", "x", 3, "softmax", dtype="mixed_bfloat16")) == [("output-not-float32", "note", "y")]
    cast = layer("Activation", "cast", ["y", 0, 0], activation="linear", dtype="float32")
    assert found(X, dense("y", "x", 3, "softmax", dtype="mixed_float16"), cast) == []


def test_what_is_pedantic_is_asked_for() -> None:
    layers = [X, dense("y", "x", 1, "relu")]
    assert found(*layers, **compiled("mse")) == []
    asked = found(*layers, persona=Persona.PEDANTIC, **compiled("mse"))
    assert asked == [("bounded-regression-output", "note", "y")]


@pytest.mark.parametrize(
    ("class_name", "rate", "severity"),
    [
        ("Adam", 0.001, None),
        ("Adam", 0.01, None),
        ("Adam", 0.1, "warning"),
        ("Custom>Adam", 0.1, "warning"),
        ("SGD", 0.5, None),
        ("SGD", 5, "warning"),
        ("Adadelta", 1.0, None),
        ("MyOptimizer", 10, None),
        ("Adam", 1e-8, "note"),
        ("Adam", 0, "warning"),
        ("Adam", float("nan"), "warning"),
        ("Adam", {"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.5}}, "warning"),
        ("Adam", {"class_name": "OnesOwn", "config": {}}, None),
    ],
)
def test_learning_rates(class_name: str, rate: Any, severity: str | None) -> None:
    for key, name in (("optimizer_config", "lr"), ("optimizer", "learning_rate")):
        record = {key: {"class_name": class_name, "config": {name: rate}}}
        wanted = [("learning-rate-range", severity, "training")] if severity else []
        assert found(X, dense("y", "x", 1), training_config=record) == wanted


@pytest.mark.parametrize("record", [{}, {"optimizer_config": None}, {"optimizer": "adam"}, {"optimizer": {}}])
def test_an_optimizer_that_is_not_told(record: Mapping[str, Any]) -> None:
    assert optimizer(model_of(document(X, training_config=record))) is None


def test_an_optimizer_inside_another() -> None:
    inner = {"class_name": "Adam", "config": {"learning_rate": 0.1}}
    record = {"optimizer_config": {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": inner}}}
    made = optimizer(model_of(document(X, training_config=record)))
    assert made is not None
    assert (made.class_name, made.learning_rate) == ("Adam", 0.1)
    assert made.steps == ("optimizer_config", "config", "inner_optimizer", "config", "learning_rate")


@pytest.mark.parametrize(
    ("container", "config_place", "stored"),
    [
        (Container.H5, "model_config", "training_config/loss"),
        (Container.H5, "group/model_config", "group/training_config/loss"),
        (Container.TFJS, "modelTopology/model_config", "modelTopology/training_config/loss"),
        (Container.SAVED_MODEL, "root", "root/training_config/loss"),
    ],
)
def test_a_record_beside_the_config_has_a_place_in_the_container(
    container: Container, config_place: str, stored: str
) -> None:
    told = document(X, container=container, config_place=config_place, training_config={"loss": "mse"})
    assert location_in_record(told, ("loss",)).stored == stored


def test_a_record_in_the_config_has_a_pointer() -> None:
    record = {"loss": "mse"}
    told = Document("m", Container.KERAS, {"config": {}, "compile_config": record}, training_config=record)
    assert location_in_record(told, ("loss",)).pointer == ("compile_config", "loss")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (None, "linear"),
        ("swish", "silu"),
        ("LeakyReLU", "leaky_relu"),
        ({"class_name": "function", "config": "softmax", "module": "builtins"}, "softmax"),
        ({"class_name": "LeakyReLU", "config": {"negative_slope": 0.1}, "module": "keras.layers"}, "leaky_relu"),
    ],
)
def test_names_of_activations(written: Any, name: str) -> None:
    assert named(written) == name


@pytest.mark.parametrize("written", ["mish2", {"value": ["4wEAAA", None, None]}, 3, {"class_name": "Snake"}])
def test_activations_of_ones_own(written: Any) -> None:
    assert isinstance(named(written), Unknown)


def test_initializers_in_every_spelling() -> None:
    for written, constant in (("one", 1.0), ({"class_name": "Ones"}, 1.0), ("glorot_uniform", None), (None, None)):
        made = initializer(written)
        assert (made.constant if made else None) == constant
    stated = initializer({"class_name": "Constant", "config": {"value": 0.5}})
    assert stated is not None
    assert stated.constant == 0.5


def test_wrappers_and_merged_directions() -> None:
    inner = {"class_name": "Dense", "config": {"name": "tag", "units": 3, "activation": "softmax"}}
    model = model_of(document(SERIES, layer("TimeDistributed", "tags", ["x", 0, 0], layer=inner)))
    assert model.graph is not None
    (reference,) = references(model.graph.outputs)
    activation = applied(model, reference)
    assert isinstance(activation, Activation)
    assert activation.layer.full_name == "tags/tag"
    lstm = {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}
    for mode, is_known in (("concat", True), ("sum", False)):
        both = layer("Bidirectional", "both", ["x", 0, 0], layer=lstm, merge_mode=mode)
        (output,) = outputs(model_of(document(SERIES, both, **compiled("mse"))))
        assert isinstance(output.activation, Activation) is is_known
        assert isinstance(output.loss, Loss)
