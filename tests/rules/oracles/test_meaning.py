"""Rules on losses, settings and activations against real Keras: its numbers show the harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy
import pytest

RANDOM = numpy.random.default_rng(1)
X = RANDOM.normal(size=(64, 5)).astype("float32")
NUMBERS = 2 * X[:, :1]
CLASSES = X[:, :4].argmax(1)
ONE_HOT = numpy.eye(4, dtype="float32")[CLASSES]


def two_heads() -> Any:
    given = keras.Input((5,))
    hidden = keras.layers.Dense(8, "tanh")(given)
    heads = [keras.layers.Dense(1, name="p")(hidden), keras.layers.Dense(1, "sigmoid", name="q")(hidden)]
    return keras.Model(given, heads)


def moved(loss: Any, **more: Any) -> dict[str, bool]:
    """Whether the kernel of each head changes in training."""
    model = two_heads()
    before = {name: model.get_layer(name).get_weights()[0] for name in ("p", "q")}
    model.compile("adam", loss=loss, **more)
    model.fit(X, [NUMBERS, (X[:, 1:2] > 0).astype("float32")], epochs=2, verbose=0)
    return {name: not numpy.allclose(kernel, model.get_layer(name).get_weights()[0]) for name, kernel in before.items()}


def trained(
    units: int, activation: str | None, loss: Any, targets: Any, optimizer: Any = "adam", epochs: int = 5, **more: Any
) -> Mapping[str, float]:
    """The loss and metrics of a Dense after training."""
    keras.utils.set_random_seed(1)
    constraint = more.pop("kernel_constraint", None)
    dense = keras.layers.Dense(units, activation, kernel_constraint=constraint)
    model = keras.Sequential([keras.Input((5,)), dense])
    model.compile(optimizer, loss=loss, **more)
    history = model.fit(X, targets, epochs=epochs, verbose=0).history
    return {name: values[-1] for name, values in history.items()}


def test_loss_output_mismatch__leaves_the_second_head_as_it_was() -> None:
    assert moved(["mse", "binary_crossentropy"]) == {"p": True, "q": True}
    assert moved(["mse"]) == {"p": True, "q": False}
    for loss in ({"p": "mse", "typo": "mse"}, {"p": "mse"}):
        with pytest.raises(ValueError, match="Expected keys"):
            moved(loss)


def test_zero_loss_weight__leaves_the_head_as_it_was() -> None:
    assert moved(["mse", "binary_crossentropy"], loss_weights=[1.0, 0.0]) == {"p": True, "q": False}


def test_losses_swapped__costs_nothing_for_the_number() -> None:
    given = keras.Input((5,))
    heads = [keras.layers.Dense(4, "softmax", name="label")(given), keras.layers.Dense(1, name="price")(given)]
    model = keras.Model(given, heads)
    price = model.get_layer("price").get_weights()[0]
    model.compile("adam", loss=["mse", "categorical_crossentropy"])
    with pytest.warns(SyntaxWarning, match="num_classes > 1"):
        model.fit(X, [ONE_HOT, NUMBERS], epochs=5, verbose=0)
    assert numpy.allclose(price, model.get_layer("price").get_weights()[0])


def test_loss_activation_mismatch__is_nan_or_no_prediction() -> None:
    counts = RANDOM.poisson(2, (64, 1))
    assert numpy.isnan(trained(1, None, "poisson", counts)["loss"])
    assert numpy.isfinite(trained(1, "softplus", "poisson", counts)["loss"])
    divergence = keras.losses.KLDivergence()
    assert float(divergence(ONE_HOT, numpy.ones_like(ONE_HOT))) == pytest.approx(0, abs=1e-4)
    assert float(keras.losses.Hinge()(-numpy.ones((1, 1)), numpy.zeros((1, 1)))) == 1
    logits, labels = RANDOM.normal(size=(2, 6, 4)).astype("float32"), numpy.array([[1, 2], [3, 1]])
    connectionist = keras.losses.CTC()
    assert float(connectionist(labels, logits)) == pytest.approx(float(connectionist(labels, logits + 3)), rel=1e-4)
    with pytest.raises(ValueError, match="expected to be a tensor of shape"):
        connectionist(labels, logits[:, 0])


def test_metric_task_mismatch__is_false_for_targets_of_another_form() -> None:
    both = ["accuracy", "categorical_accuracy"]
    measured = trained(4, "softmax", "sparse_categorical_crossentropy", CLASSES, epochs=60, metrics=both)
    assert measured["accuracy"] > measured["categorical_accuracy"] + 0.1
    with pytest.raises(ValueError, match="Incompatible shapes"):
        trained(4, "softmax", "categorical_crossentropy", ONE_HOT, metrics=["sparse_categorical_accuracy"])
    both = ["binary_accuracy", "categorical_accuracy"]
    counted = trained(4, "softmax", "categorical_crossentropy", ONE_HOT, epochs=1, metrics=both)
    assert counted["binary_accuracy"] > counted["categorical_accuracy"] + 0.3


def test_optimizer_setting_range__learns_less() -> None:
    def loss(optimizer: Any) -> float:
        return trained(1, None, "mse", NUMBERS, optimizer, epochs=200)["loss"]

    kinds = keras.optimizers
    assert loss(kinds.SGD(0.01, momentum=0.9)) < 1e-6 < loss(kinds.SGD(0.01, momentum=1.0))
    assert loss(kinds.AdamW(0.001, weight_decay=0.004)) < loss(kinds.AdamW(0.001, weight_decay=10.0)) - 0.5
    assert loss(kinds.SGD(0.01, clipnorm=1.0)) < 0.1 < loss(kinds.SGD(0.01, clipnorm=1e-8))
    assert numpy.isnan(loss(kinds.Adam(0.001, beta_1=1.0)))
    usual, late = loss(kinds.Adam(0.001)), loss(kinds.Adam(0.001, epsilon=1.0))
    decayed = loss(kinds.Adam(kinds.schedules.ExponentialDecay(0.001, 1, 0.1)))
    assert usual < late < decayed


def test_constraint_to_zero__leaves_no_kernel() -> None:
    dense = keras.layers.Dense(1, kernel_constraint=keras.constraints.MaxNorm(0.0))
    model = keras.Sequential([keras.Input((5,)), dense])
    model.compile("adam", "mse")
    model.fit(X, NUMBERS, verbose=0)
    assert not numpy.any(dense.get_weights()[0])


def test_batchnorm_momentum_range__leaves_the_mean_at_zero() -> None:
    def mean(momentum: float) -> float:
        norm = keras.layers.BatchNormalization(momentum=momentum)
        model = keras.Sequential([keras.Input((5,)), norm, keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(X + 5, NUMBERS, epochs=3, verbose=0)
        return float(numpy.mean(numpy.asarray(norm.moving_mean)))

    assert mean(1.0) == 0
    assert mean(0.5) > 3


def test_label_smoothing_range__punishes_a_right_prediction() -> None:
    def losses(smoothing: float) -> tuple[float, float]:
        loss, classes = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing), numpy.eye(6)[:1]
        return float(loss(classes, classes * 0.98 + 0.02 / 6)), float(loss(classes, numpy.full((1, 6), 1 / 6)))

    right, alike = losses(0.9)
    assert right > alike
    right, alike = losses(0.1)
    assert right < alike


def test_identity_activation__changes_no_value() -> None:
    assert numpy.array_equal(keras.layers.LeakyReLU(negative_slope=1.0)(X), X)


@pytest.mark.parametrize(("activation", "is_good"), [("relu", True), ("softmax", False)])
def test_softmax_hidden__learns_less(activation: str, is_good: bool) -> None:
    keras.utils.set_random_seed(1)
    hidden = keras.layers.Dense(32, activation)
    model = keras.Sequential([keras.Input((5,)), hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    loss = model.fit(X, NUMBERS, epochs=100, verbose=0).history["loss"][-1]
    assert (loss < 0.1) is is_good


def test_reshape_for_permute__scrambles_time_and_features() -> None:
    series = numpy.arange(60 * 8, dtype="float32").reshape(1, 60, 8)
    permuted = numpy.asarray(keras.layers.Permute((2, 1))(series))
    reshaped = numpy.asarray(keras.layers.Reshape((8, 60))(series))
    assert permuted.shape == reshaped.shape
    assert numpy.array_equal(permuted[0, 0], series[0, :, 0])
    assert numpy.array_equal(reshaped[0, 0, :8], series[0, 0])


def test_normalization_over_time__gives_each_timestep_a_mean() -> None:
    for axis, length in ((1, 60), (-1, 8)):
        norm = keras.layers.BatchNormalization(axis=axis)
        norm.build((None, 60, 8))
        assert norm.moving_mean.shape == (length,)
    series = RANDOM.normal(size=(1, 60, 8)).astype("float32")
    later = series.copy()
    later[0, -1] += 100
    norm = keras.layers.LayerNormalization(axis=1)
    assert not numpy.allclose(numpy.asarray(norm(series))[0, 0], numpy.asarray(norm(later))[0, 0])


def test_states_paired_wrong__starts_from_a_state_that_tanh_has_not_cut() -> None:
    encoder = keras.layers.LSTM(4, return_state=True)
    output, h, c = encoder(numpy.full((1, 50, 2), 5, "float32"))
    assert numpy.array_equal(output, h)
    assert float(abs(numpy.asarray(h)).max()) <= 1 < float(abs(numpy.asarray(c)).max())
    directions = keras.layers.Bidirectional(keras.layers.LSTM(4, return_state=True))
    joined, forward, _, backward, _ = directions(RANDOM.normal(size=(1, 6, 2)).astype("float32"))
    assert numpy.array_equal(joined, numpy.concatenate([forward, backward], axis=-1))
