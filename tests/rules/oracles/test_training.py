"""Rules of training against real Keras: it builds these models, and its numbers show the harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy
import pytest

from lstmlint.linting.rule import rules
from tests.rules.test_rules import examples

DATA = Path(__file__).parents[2] / "data"

RANDOM = numpy.random.RandomState(0)

LAYERS_THAT_DROP = ("LSTM", "GRU", "SimpleRNN")


def models(name: str) -> tuple[keras.Model, keras.Model]:
    """The models of a page's example and of its cure, as Keras loads and compiles them."""
    configs = [example.config for example in examples(rules()[name])]
    keras.utils.set_random_seed(0)
    broken, cured = (keras.models.model_from_json(config) for config in configs if config is not None)
    return broken, cured


def batch(model: keras.Model, samples: int = 8) -> Any:
    return RANDOM.rand(samples, *model.input_shape[1:]).astype("float32")


def largest_change(model: keras.Model, targets: Any) -> float:
    """By how much one step of training changes the weight that it changes most."""
    before = [weight.copy() for weight in model.get_weights()]
    model.fit(batch(model, len(targets)), targets, epochs=1, batch_size=len(targets), verbose=0)
    return max(
        float(numpy.abs(new - old).max()) for new, old in zip(model.get_weights(), before, strict=True) if old.size
    )


def answers(count: int) -> Any:
    return (numpy.arange(count) % 2).astype("float32")[:, None]


def test_softmax_single_unit__predicts_one_and_never_learns() -> None:
    broken, cured = models("softmax-single-unit")
    assert (broken.predict(batch(broken), verbose=0) == 1).all()
    assert largest_change(broken, answers(8)) < 1e-6
    assert largest_change(cured, answers(8)) > 1e-4


def test_single_unit_categorical__has_no_loss() -> None:
    broken, cured = models("single-unit-categorical")
    assert broken.evaluate(batch(broken), answers(8), verbose=0) == pytest.approx(0, abs=1e-6)
    assert largest_change(broken, answers(8)) < 1e-6
    assert cured.evaluate(batch(cured), answers(8), verbose=0) > 0.1
    assert largest_change(cured, answers(8)) > 1e-4


def test_crossentropy_activation_mismatch__does_not_learn_from_its_worst_samples() -> None:
    broken, cured = models("crossentropy-activation-mismatch")
    label = broken.get_layer("label")
    label.set_weights([numpy.zeros_like(label.kernel), numpy.array([4, 1, 1, 1, -1], "float32")])
    cured.get_layer("label").set_weights(label.get_weights())
    wanted = numpy.eye(5, dtype="float32")[[4] * 8]
    assert broken.evaluate(batch(broken), wanted, verbose=0) > 10
    assert largest_change(broken, wanted) == 0
    assert largest_change(cured, wanted) > 1e-4


def test_from_logits_on_probabilities__keeps_the_loss_of_a_perfect_model_high() -> None:
    broken, cured = models("from-logits-on-probabilities")
    for model in (broken, cured):
        label = model.get_layer("label")
        label.set_weights([numpy.zeros_like(label.kernel), numpy.array([50, 0, 0, 0, 0], "float32")])
    wanted = numpy.eye(5, dtype="float32")[[0] * 8]
    assert broken.evaluate(batch(broken), wanted, verbose=0) == pytest.approx(numpy.log(1 + 4 / numpy.e), abs=1e-4)
    assert cured.evaluate(batch(cured), wanted, verbose=0) < 1e-6


def effect(class_name: str, key: str, share: float) -> str:
    """What training does to the output of a recurrent layer: `ignored`, or `drops`."""
    layer = getattr(keras.layers, class_name)(3, **{key: share})
    sequences = RANDOM.rand(2, 4, 5).astype("float32")
    trained, used = (numpy.array(layer(sequences, training=training)) for training in (True, False))
    return "ignored" if numpy.allclose(trained, used) else "drops"


def test_dropout_one__is_no_dropout_in_an_lstm_and_drops_all_elsewhere() -> None:
    assert effect("LSTM", "dropout", 0.5) == "drops"
    assert effect("LSTM", "dropout", 1.0) == effect("LSTM", "recurrent_dropout", 1.0) == "ignored"
    assert effect("GRU", "recurrent_dropout", 1.0) == "ignored"
    for class_name, key in (("GRU", "dropout"), ("SimpleRNN", "dropout"), ("SimpleRNN", "recurrent_dropout")):
        assert effect(class_name, key, 1.0) == "drops"
    ones = numpy.ones((2, 3, 4), "float32")
    for class_name in ("Dropout", "SpatialDropout1D"):
        assert not numpy.array(getattr(keras.layers, class_name)(1.0)(ones, training=True)).any()
    with pytest.raises(ZeroDivisionError):
        keras.layers.GaussianDropout(1.0)(ones, training=True)


@pytest.mark.parametrize("class_name", LAYERS_THAT_DROP)
def test_dropout_out_of_range__is_clamped_without_a_word(class_name: str) -> None:
    for key in ("dropout", "recurrent_dropout"):
        for share, taken in ((-0.3, 0.0), (1.5, 1.0), (20, 1.0)):
            layer = getattr(keras.layers, class_name)(3, **{key: share})
            assert layer.get_config()[key] == taken
    with pytest.raises(ValueError, match="between 0 and 1"):
        keras.layers.Dropout(1.5)


@pytest.mark.parametrize(("version", "made_of_one"), [("2.3.1", {"ignored"}), ("2.15.0", {"fails"})])
def test_dropout_one__in_older_keras(version: str, made_of_one: set[str]) -> None:
    facts = json.loads((DATA / f"dropout-{version}.json").read_text(encoding="utf-8"))
    assert facts["keras"] == version
    effects = {case: effect for case, effect in facts["effects"].items() if not case.startswith("Gaussian")}
    assert {effect for case, effect in effects.items() if case.endswith("= 1.0")} == made_of_one
    assert {effect for case, effect in effects.items() if case.endswith("= 0.5")} == {"drops"}


def test_double_activation__limits_every_probability() -> None:
    logits = keras.Input((10,))
    model = keras.Model(logits, keras.layers.Softmax()(keras.layers.Activation("sigmoid")(logits)))
    sure = numpy.where(numpy.eye(10) == 1, 100.0, -100.0).astype("float32")
    assert model.predict(sure, verbose=0).max() == pytest.approx(0.23, abs=0.005)


def test_metric_task_mismatch__refuses_class_numbers() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    numbers = numpy.arange(8) % 3
    for metrics, is_refused in ([keras.metrics.Precision()], True), (["sparse_categorical_accuracy"], False):
        model.compile("adam", "sparse_categorical_crossentropy", metrics=metrics)
        if is_refused:
            with pytest.raises((TypeError, ValueError)):
                model.evaluate(batch(model), numbers, verbose=0)
        else:
            model.evaluate(batch(model), numbers, verbose=0)


def test_constant_initializer__keeps_the_units_of_an_lstm_equal() -> None:
    sequences = RANDOM.rand(64, 10, 4).astype("float32")
    spread = {}
    for name in ("ones", "glorot_uniform"):
        keras.utils.set_random_seed(0)
        lstm = keras.layers.LSTM(6, kernel_initializer=name, recurrent_initializer=name)
        model = keras.Sequential([keras.Input((10, 4)), lstm, keras.layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.01), "mse")
        model.fit(sequences, sequences.sum((1, 2)) - 20, epochs=5, verbose=0)
        spread[name] = float(numpy.ptp(lstm.get_weights()[0][:, :6], axis=1).max())
    assert spread["ones"] < 0.01 < spread["glorot_uniform"]


def test_learning_rate_range__diverges_where_the_cure_learns() -> None:
    sequences = RANDOM.rand(64, 10, 4).astype("float32")
    losses = {}
    for rate in (10.0, 0.001):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((10, 4)), keras.layers.LSTM(6), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(rate), "mse")
        history = model.fit(sequences, sequences.sum((1, 2)), epochs=5, verbose=0).history["loss"]
        losses[rate] = history[-1] / history[0]
    assert losses[0.001] < 1
    assert not losses[10.0] < 1


def test_unbounded_recurrent_activation__lets_a_state_grow_without_bound() -> None:
    sequences = numpy.ones((1, 200, 1), "float32")
    largest = {}
    for activation in ("relu", "tanh"):
        lstm = keras.layers.LSTM(4, activation=activation)
        lstm.build(sequences.shape)
        lstm.set_weights([numpy.full_like(weight, 0.5) for weight in lstm.get_weights()])
        largest[activation] = float(numpy.abs(numpy.asarray(lstm(sequences))).max())
    assert largest["tanh"] < 1 < 1e6 < largest["relu"] or not numpy.isfinite(largest["relu"])


@pytest.mark.parametrize("class_name", ["LSTM", "GRU"])
def test_gated_softmax__gives_no_probabilities(class_name: str) -> None:
    sequences = RANDOM.randn(16, 10, 4).astype("float32")
    rows = numpy.array(getattr(keras.layers, class_name)(4, activation="softmax")(sequences)).sum(axis=1)
    assert float(numpy.abs(rows - 1).max()) > 0.1
    plain = numpy.array(keras.layers.SimpleRNN(4, activation="softmax")(sequences)).sum(axis=1)
    assert plain == pytest.approx(1, abs=1e-5)


def test_gated_softmax__adds_up_to_1_behind_the_cure() -> None:
    broken, cured = models("gated-softmax")
    sequences = batch(broken)
    assert float(broken.predict(sequences, verbose=0).sum(axis=1).max()) < 0.99
    assert cured.predict(sequences, verbose=0).sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("class_name", "candidate", "gate"), [("LSTM", 2, 3), ("GRU", 2, 0)])
def test_gated_softmax__over_one_unit_leaves_the_gates_alone(class_name: str, candidate: int, gate: int) -> None:
    sequences = RANDOM.randn(16, 10, 4).astype("float32")
    layer = getattr(keras.layers, class_name)(1, activation="softmax")
    before = numpy.array(layer(sequences))
    assert not numpy.allclose(before, 1)
    for index, is_read in ((candidate, False), (gate, True)):
        kernel, *others = layer.get_weights()
        changed = kernel.copy()
        changed[:, index] += 3
        layer.set_weights([changed, *others])
        assert numpy.allclose(numpy.array(layer(sequences)), before) is not is_read
        layer.set_weights([kernel, *others])


def accuracy(predicted: list[list[float]], wanted: list[list[float]], loss: str, metric: Any = "accuracy") -> float:
    """What an accuracy says of predictions that a model hands on as they are."""
    model = keras.Sequential([keras.Input((len(predicted[0]),)), keras.layers.Activation("linear")])
    model.compile("adam", loss, metrics=[metric])
    values = (numpy.array(part, "float32") for part in (predicted, wanted))
    return float(model.evaluate(*values, verbose=0)[1])


def test_metric_task_mismatch__is_chosen_by_the_width_of_the_output() -> None:
    one, answer = [[0.9], [0.7], [0.2], [-3.0]], [[1.0], [1.0], [0.0], [0.0]]
    assert accuracy(one, answer, "mse") == accuracy(one, answer, "mse", "binary_accuracy") == 1.0
    assert accuracy(one, answer, "mse", keras.metrics.Accuracy()) == 0.0
    three, largest = [[0.9, 0.2, 0.1], [3.0, 1.0, 2.0]], [[5.0, 2.0, 1.0], [7.0, 1.0, 1.0]]
    assert accuracy(three, largest, "mse") == accuracy(three, largest, "mse", "categorical_accuracy") == 1.0


def test_crossentropy_activation_mismatch__counts_six_classes_apart() -> None:
    first, wanted = [[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]], [[0.0, 0.0, 0.0, 0.0, 0.0, 1.0]]
    assert accuracy(first, wanted, "binary_crossentropy", "binary_accuracy") == pytest.approx(5 / 6)
    assert accuracy(first, wanted, "binary_crossentropy", "accuracy") == 0.0


def test_crossentropy_activation_mismatch__is_none_of_softmax_over_two() -> None:
    rows = RANDOM.rand(8, 1).astype("float32")
    predicted, wanted = numpy.hstack([rows, 1 - rows]), numpy.eye(2, dtype="float32")[numpy.arange(8) % 2]
    binary = numpy.array(keras.losses.binary_crossentropy(wanted, predicted))
    assert binary == pytest.approx(numpy.array(keras.losses.categorical_crossentropy(wanted, predicted)), abs=1e-5)
