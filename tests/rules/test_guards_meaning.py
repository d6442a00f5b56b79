"""What keeps rules on losses, settings and connections calm, and what they say of each kind of fault."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.test_guards_training import X, compiled, dense, found
from tests.rules.test_rule_guards import found as found_by_all
from tests.rules.test_rule_guards import given, layer

SERIES = given("x", 60, 8)
LSTM = layer("LSTM", "lstm", ["x", 0, 0], units=32)
HEADS = [X, dense("p", "x", 1), dense("q", "x", 1, "sigmoid")]
ENDS = ("p", "q")
BOTH = ["mse", "binary_crossentropy"]


def trained(loss: Any, **more: Any) -> list[str]:
    """The rules of training that fire on a model of two outputs."""
    record = {"loss": loss, "metrics": None, "optimizer_config": None, **more}
    return [rule for rule, _, _ in found(*HEADS, ends=ENDS, training_config=record)]


@pytest.mark.parametrize(
    ("loss", "weights", "rules"),
    [
        (BOTH, None, []),
        ("mse", None, []),
        ({"p": "mse", "q": "binary_crossentropy"}, None, []),
        (["mse", None], None, []),
        (["mse"], None, ["loss-output-mismatch"]),
        ([*BOTH, "mse"], None, ["loss-output-mismatch"]),
        ({"p": "mse", "typo": "binary_crossentropy"}, None, ["loss-output-mismatch"]),
        ({"p": "mse"}, None, ["loss-output-mismatch"]),
        (BOTH, [1.0, 0.5], []),
        (BOTH, {"p": 1.0, "q": 0.5}, []),
        (BOTH, [1.0, 0], ["zero-loss-weight"]),
        (BOTH, {"p": 0.0, "q": 1}, ["zero-loss-weight"]),
        (BOTH, [1.0], ["loss-output-mismatch"]),
        (["mse", None], [1.0, 0], []),
    ],
)
def test_losses_go_with_the_outputs(loss: Any, weights: Any, rules: list[str]) -> None:
    assert trained(loss, loss_weights=weights) == rules


def test_a_model_of_one_output_may_have_a_list_or_any_key() -> None:
    for loss in (["mse"], {"any": "mse"}):
        assert found(X, dense("y", "x", 1), **compiled(loss)) == []


@pytest.mark.parametrize(
    ("units", "activation", "loss", "is_wrong"),
    [
        (1, None, "poisson", True),
        (1, "tanh", "poisson", True),
        (1, "softplus", "poisson", False),
        (1, "relu", "poisson", False),
        (4, None, "kl_divergence", True),
        (4, "sigmoid", "kullback_leibler_divergence", True),
        (4, "softmax", "kl_divergence", False),
        (1, "sigmoid", "hinge", True),
        (1, "tanh", "squared_hinge", False),
        (1, None, "hinge", False),
        (4, "softmax", "categorical_hinge", False),
        (4, None, "ctc", True),
    ],
)
def test_losses_and_what_they_can_use(units: int, activation: str, loss: str, is_wrong: bool) -> None:
    wanted = [("loss-activation-mismatch", "warning", "y")] if is_wrong else []
    assert found(X, dense("y", "x", units, activation), **compiled(loss)) == wanted


def test_ctc_takes_logits_of_each_timestep() -> None:
    steps = layer("LSTM", "lstm", ["x", 0, 0], units=8, return_sequences=True)
    assert found(SERIES, steps, dense("y", "lstm", 5), **compiled("ctc")) == []
    soft = found(SERIES, steps, dense("y", "lstm", 5, "softmax"), **compiled("ctc"))
    assert soft == [("loss-activation-mismatch", "warning", "y")]


@pytest.mark.parametrize(
    ("loss", "metric", "is_wrong"),
    [
        ("categorical_crossentropy", "accuracy", False),
        ("categorical_crossentropy", "categorical_accuracy", False),
        ("categorical_crossentropy", "binary_accuracy", True),
        ("categorical_crossentropy", "sparse_categorical_accuracy", True),
        ("sparse_categorical_crossentropy", "categorical_accuracy", True),
        ("sparse_categorical_crossentropy", "sparse_categorical_accuracy", False),
        ("sparse_categorical_crossentropy", "accuracy", False),
    ],
)
def test_accuracies_have_the_targets_of_the_loss(loss: str, metric: str, is_wrong: bool) -> None:
    wanted = [("metric-task-mismatch", "warning", "y")] if is_wrong else []
    assert found(X, dense("y", "x", 4, "softmax"), **compiled(loss, metric)) == wanted


@pytest.mark.parametrize(
    ("class_name", "config", "severity"),
    [
        ("SGD", {"momentum": 1.0}, "warning"),
        ("SGD", {"momentum": 0.99}, None),
        ("AdamW", {"weight_decay": 10.0}, "warning"),
        ("AdamW", {"weight_decay": 0.1}, None),
        ("Adam", {"clipnorm": 1e-8}, "warning"),
        ("Adam", {"clipvalue": 0.5}, None),
        ("Adam", {"clipnorm": None}, None),
        ("Adam", {"beta_2": 1.0}, "warning"),
        ("Adam", {"epsilon": 1.0}, "note"),
        ("Adam", {"epsilon": 0.1}, None),
        ("Mine>Adam", {"beta_2": 1.0}, None),
    ],
)
def test_settings_of_optimizers(class_name: str, config: dict[str, Any], severity: str | None) -> None:
    optimizer = {"class_name": class_name, "config": {"learning_rate": 0.001, **config}}
    record = {"loss": "mse", "metrics": None, "optimizer_config": optimizer}
    wanted = [("optimizer-setting-range", severity, "training")] if severity else []
    assert found(X, dense("y", "x", 1), training_config=record) == wanted


@pytest.mark.parametrize(("steps", "share", "is_wrong"), [(1, 0.1, True), (1000, 0.9, False), (100, 0.5, False)])
def test_a_schedule_that_decays_to_nothing(steps: int, share: float, is_wrong: bool) -> None:
    config = {"initial_learning_rate": 0.001, "decay_steps": steps, "decay_rate": share}
    rate = {"class_name": "ExponentialDecay", "config": config}
    record = {"loss": "mse", "optimizer_config": {"class_name": "Adam", "config": {"learning_rate": rate}}}
    wanted = [("learning-rate-range", "warning", "training")] if is_wrong else []
    assert found(X, dense("y", "x", 1), training_config=record) == wanted


def test_what_multiplies_a_softmax_is_attention() -> None:
    scores = dense("scores", "x", 8, "softmax")
    gated = layer("Multiply", "gated", ["x", 0, 0], ["scores", 0, 0])
    assert found(X, scores, gated, dense("y", "gated", 1)) == []
    assert found(X, scores, dense("y", "scores", 1)) == [("softmax-hidden", "warning", "scores")]
    both = [scores, dense("y", "scores", 1)]
    assert found(X, *both, ends=("scores", "y")) == []


def test_a_score_and_an_autoencoder_are_narrow_on_purpose() -> None:
    wide = dense("wide", "x", 64, "relu")
    one = dense("one", "wide", 1, "relu")
    assert ("narrow-layer", "one") in found_by_all(SERIES, wide, one, dense("y", "one", 10))
    assert ("narrow-layer", "one") not in found_by_all(SERIES, wide, one, dense("y", "one", 8))
    weighed = layer("Multiply", "weighed", ["wide", 0, 0], ["one", 0, 0])
    assert "narrow-layer" not in {
        rule for rule, _ in found_by_all(SERIES, wide, one, weighed, dense("y", "weighed", 4))
    }


def test_ids_may_be_reshaped_and_compared() -> None:
    ids = given("x", 40)
    table = layer("Embedding", "table", ["before", 0, 0], input_dim=50, output_dim=8)
    for class_name, config, is_wrong in (
        ("Reshape", {"target_shape": [40]}, False),
        ("Dropout", {"rate": 0.5}, True),
        ("Dropout", {"rate": 0}, False),
        ("Rescaling", {"scale": 0.1}, True),
        ("Own", {}, False),
    ):
        rules = {rule for rule, _, _ in found(ids, layer(class_name, "before", ["x", 0, 0], **config), table)}
        assert ("token-ids-changed" in rules) is is_wrong, class_name


def test_a_frozen_critic_and_a_frozen_beginning_are_right() -> None:
    def ends(*frozen: str) -> list[str]:
        layers = [dense("a", "x", 4), dense("b", "a", 4, "tanh"), dense("c", "b", 1)]
        for one in layers:
            one["config"]["trainable"] = one["name"] not in frozen
        rules = (rule for rule, _, _ in found(X, *layers, **compiled("mse")))
        return [rule for rule in rules if rule == "frozen-output"]

    assert ends() == ends("a") == ends("a", "b") == ends("b", "c") == []
    assert ends("c") == ends("a", "b", "c") == ["frozen-output"]


def test_branches_and_inputs_that_reach_no_output() -> None:
    head = layer("Dense", "y", ["lstm", 0, 0], units=1)
    dead = layer("Dense", "dead", ["lstm", 0, 0], units=1)
    assert found_by_all(SERIES, LSTM, dead, head) == [("dead-branch", "dead")]
    assert found_by_all(SERIES, given("other", 3), LSTM, head) == [("dead-branch", "other")]
    for alone in (layer("AddLoss", "dead", ["lstm", 0, 0]), layer("Own", "dead", ["lstm", 0, 0])):
        assert found_by_all(SERIES, LSTM, alone, head) == []


def test_constraints_slopes_and_statistics() -> None:
    norm = {"class_name": "MaxNorm", "config": {"max_value": 0}}
    for config, rule in (
        (layer("Dense", "y", ["x", 0, 0], units=1, kernel_constraint=norm), "constraint-to-zero"),
        (layer("LeakyReLU", "y", ["x", 0, 0], alpha=1.0), "identity-activation"),
        (layer("BatchNormalization", "y", ["x", 0, 0], momentum=1.0), "batchnorm-momentum-range"),
        (layer("BatchNormalization", "y", ["x", 0, 0], momentum=0.1), "batchnorm-momentum-range"),
        (layer("BatchNormalization", "y", ["x", 0, 0], momentum=1.0, trainable=False), None),
        (layer("BatchNormalization", "y", ["x", 0, 0], momentum=0.9), None),
        (layer("LeakyReLU", "y", ["x", 0, 0], alpha=0.3), None),
    ):
        assert [name for name, _, _ in found(X, config)] == ([rule] if rule else [])
