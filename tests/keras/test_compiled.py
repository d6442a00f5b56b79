"""The one parser of what a model was compiled with."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.keras.compiled import function_name, named_in, optimizer_in, optimizer_name
from lstmlint.pipeline import judge, model_of

ADAM = {"class_name": "Addons>AdamW", "config": {"learning_rate": 5.0}}


@pytest.mark.parametrize("key", ["optimizer_config", "optimizer"])
@pytest.mark.parametrize("package", ["", "Custom>", "Addons>", "Keras>"])
def test_packages_of_keras_and_addons_are_left_out(key: str, package: str) -> None:
    record = {key: {"class_name": f"{package}AdamW", "config": {"learning_rate": 5.0}}}
    found = optimizer_in(record)
    assert found is not None
    assert (found.name, found.steps) == ("AdamW", (key, "config"))


@pytest.mark.parametrize("package", ["", "Addons>", "Keras>"])
def test_a_loss_in_the_package_that_users_get_by_default_is_their_own(package: str) -> None:
    assert function_name(f"{package}MeanSquaredError") == "mean_squared_error"
    assert function_name("Custom>MeanSquaredError") == "Custom>MeanSquaredError"


def test_other_packages_are_somebody_elses() -> None:
    assert optimizer_name({"optimizer": {"class_name": "Mine>Adam", "config": {}}}) == "Mine>Adam"
    assert function_name("Mine>MeanSquaredError") == "Mine>MeanSquaredError"


@pytest.mark.parametrize(
    ("name", "inner"), [("LossScaleOptimizer", "inner_optimizer"), ("Addons>Lookahead", "optimizer")]
)
def test_optimizers_around_others(name: str, inner: str) -> None:
    found = optimizer_in({"optimizer_config": {"class_name": name, "config": {inner: ADAM}}})
    assert found is not None
    assert found.steps == ("optimizer_config", "config", inner, "config")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("mse", ["mean_squared_error"]),
        (["mae", {"class_name": "BinaryAccuracy", "config": {}}], ["mean_absolute_error", "binary_accuracy"]),
        ({"first": "mse", "second": ["acc"]}, ["mean_squared_error", "accuracy"]),
        ({"class_name": "function", "config": "huber_loss"}, ["huber"]),
        ({"class_name": "MeanMetricWrapper", "config": {"fn": "mean_absolute_error"}}, ["mean_absolute_error"]),
        ({"class_name": "Addons>F1Score", "config": {}}, ["f1_score"]),
        (None, []),
    ],
)  # fmt: skip
def test_losses_and_metrics(value: Any, names: list[str]) -> None:
    assert [named.name for named in named_in(value)] == names


def test_a_learning_rate_of_an_optimizer_of_addons_is_judged() -> None:
    """As that of the same optimizer of Keras: it was silent while each part had its own list of packages."""
    layers = [
        {"class_name": "InputLayer", "config": {"name": "i", "batch_input_shape": [None, 3]}},
        {"class_name": "Dense", "config": {"name": "d", "units": 2}},
    ]
    record = {"loss": "mse", "optimizer_config": ADAM}
    config = {"class_name": "Sequential", "keras_version": "2.13.1", "config": {"name": "m", "layers": layers}}
    document = Document("m.json", Container.JSON, config, keras_version="2.13.1", training_config=record)
    said = {one.rule: one.finding.message for one in judge(model_of(document)).diagnostics}
    assert said["learning-rate-range"] == "AdamW has a learning rate of 5, more than 0.05"
