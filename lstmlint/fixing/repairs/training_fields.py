"""How a model was compiled, in today's names: optimizer, losses, metrics.

Source: Keras 3, `optimizers/base_optimizer.py`, `losses/loss.py` and `legacy/saving/saving_utils.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lstmlint.analyses.training import FUNCTION_WRAPPERS
from lstmlint.fixing.repairs.repair import Applicability, Applied, Change, Draft, Left, Repair, Stage
from lstmlint.inference.stored import snake_case
from lstmlint.keras.facts import facts_of
from lstmlint.keras.versions import NEWEST

OPTIMIZER, LOSSES = "optimizer-fields", "loss-names"

#: Fields that every optimizer takes.
COMMON = frozenset({
    "name", "learning_rate", "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema", "ema_momentum",
    "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
})  # fmt: skip

#: Today's optimizers by their name in small letters: class and own fields.
OPTIMIZERS: Mapping[str, tuple[str, frozenset[str]]] = {
    name.lower(): (name, frozenset(own.split()))
    for name, own in {
        "SGD": "momentum nesterov",
        "RMSprop": "rho momentum epsilon centered",
        "Adagrad": "initial_accumulator_value epsilon",
        "Adadelta": "rho epsilon",
        "Adam": "beta_1 beta_2 epsilon amsgrad",
        "AdamW": "beta_1 beta_2 epsilon amsgrad",
        "Adamax": "beta_1 beta_2 epsilon",
        "Nadam": "beta_1 beta_2 epsilon",
        "Ftrl": "learning_rate_power initial_accumulator_value l1_regularization_strength l2_regularization_strength "
        "l2_shrinkage_regularization_strength beta",
        "Lion": "beta_1 beta_2",
        "Adafactor": "beta_2_decay epsilon_1 epsilon_2 clip_threshold relative_step",
    }.items()
}

#: Fields of older optimizers that say nothing, or what today's class does anyway.
IGNORED: Mapping[str, tuple[Any, ...]] = {
    "jit_compile": (True, False),
    "is_legacy_optimizer": (True, False),
    "schedule_decay": (0.004,),
    "decay": (0, 0.0, None),
}

#: Keras' small number, where a file of Keras 2 says null (`backend/config.py`).
EPSILON = 1e-7

SCHEDULES = "keras.optimizers.schedules"

CUSTOM_PACKAGES = ("Custom>", "Keras>", "Addons>")

#: Today's names of losses and metrics that Keras 3 reads from an H5 under no other. `accuracy` and `crossentropy` under
#: any name are left to `compile`, which chooses by the shape of the output.
LOSS_NAMES: Mapping[str, str] = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
    "huber_loss": "huber",
    "kullback_leibler_divergence": "kl_divergence",
}

OPTIMIZER_MODULE = "keras.optimizers"

#: What a `compile_config` says of how to run (Keras 3, `trainers/trainer.py`); Keras 2 writes null, H5 holds none.
RUN_KEYS = ("run_eagerly", "steps_per_execution", "jit_compile")

#: Keys of the record that hold losses or metrics.
FUNCTION_KEYS = ("loss", "metrics", "weighted_metrics")


def optimizer(draft: Draft) -> Applied:
    record = draft.training_config
    key = next(
        (key for key in ("optimizer_config", "optimizer") if isinstance(record, Mapping) and key in record), None
    )
    found = record.get(key) if isinstance(record, Mapping) and key else None
    if (
        not isinstance(record, Mapping)
        or not isinstance(found, Mapping)
        or not isinstance(found.get("config"), Mapping)
    ):
        return draft, ()
    name = str(found.get("class_name"))
    plain = next((name.removeprefix(prefix) for prefix in CUSTOM_PACKAGES if name.startswith(prefix)), name)
    today = OPTIMIZERS.get(plain.lower())
    if today is None:
        message = f"today's Keras has no optimizer {name}; compile the model again (load it with compile=False)"
        return draft, (() if plain == "LossScaleOptimizer" else (Left(OPTIMIZER, "optimizer", message),))
    class_name, own = today
    config, left = fields(found["config"], own | COMMON)
    notes: list[Change | Left] = [Left(OPTIMIZER, "optimizer", text) for text in left]
    rest = {key: value for key, value in found.items() if key != "shared_object_id"}
    written = {**rest, **({"module": OPTIMIZER_MODULE} if "module" in rest else {}), "class_name": class_name}
    written["config"] = config
    if written != found:
        notes.append(Change(OPTIMIZER, "optimizer", "has today's fields", None, found, written))
        draft = replace(draft, training_config={**record, key: written})
    return draft, tuple(notes)


def fields(config: Mapping[str, Any], taken: frozenset[str]) -> tuple[dict[str, Any], list[str]]:
    """The fields of an optimizer in today's names, and what is to be said of those that have none."""
    written = {"learning_rate" if key == "lr" else key: value for key, value in config.items()}
    decay, rate = written.get("decay"), written.get("learning_rate")
    if isinstance(decay, int | float) and decay > 0 and isinstance(rate, int | float):
        # What `decay` did (Keras 2.3.1, optimizers.py, `lr / (1 + decay * iterations)`) is a schedule today.
        inner = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay, "staircase": False}
        name = "InverseTimeDecay"
        written["learning_rate"] = {"module": SCHEDULES, "class_name": name, "config": {**inner, "name": name}}
        written.pop("decay")
    schedule = written.get("learning_rate")
    if isinstance(schedule, Mapping) and "class_name" in schedule:
        stated = schedule.get("config")
        if isinstance(stated, Mapping) and stated.get("name", "") is None:  # where today's Keras wants a text
            schedule = {**schedule, "config": {key: value for key, value in stated.items() if key != "name"}}
        named = {"module": SCHEDULES, "registered_name": None, **schedule}
        written["learning_rate"] = {key: value for key, value in named.items() if key != "shared_object_id"}
    if "epsilon" in written and written["epsilon"] is None:
        written["epsilon"] = EPSILON
    refused = [key for key in written if key not in taken]
    said = [
        f"today's has no {key}, here {written[key]!r}; it is dropped, and training goes on without it"
        for key in refused
        if written[key] not in IGNORED.get(key, (None,))
    ]
    return {key: value for key, value in written.items() if key in taken}, said


def losses(draft: Draft) -> Applied:
    record = draft.training_config
    if not isinstance(record, Mapping):
        return draft, ()
    changed = {key: renamed(value, _kind(key)) for key, value in record.items() if key in FUNCTION_KEYS}
    notes: list[Change | Left] = [
        Change(LOSSES, key, "has today's names", None, record[key], value)
        for key, value in changed.items()
        if value != record[key]
    ]
    unset = [key for key in RUN_KEYS if key in record and record[key] is None]
    notes += [
        Change(LOSSES, key, "is left to its default, as today's Keras takes no null", None, None) for key in unset
    ]
    for key, value in changed.items():
        for name in unknown(value, is_metric=key != "loss"):
            message = f"{name!r} is not Keras' own; give it in custom_objects, or load with compile=False"
            notes.append(Left(LOSSES, key, message))
    kept = {key: value for key, value in {**record, **changed}.items() if key not in unset}
    return replace(draft, training_config=kept), tuple(notes)


def _kind(key: str) -> str:
    return "loss" if key == "loss" else "metric"


def renamed(value: Any, kind: str) -> Any:
    """Losses or metrics (`kind`) with today's names and fields."""
    if isinstance(value, str):
        return LOSS_NAMES.get(value.lower(), value)
    if isinstance(value, list):
        return [renamed(item, kind) for item in value]
    if not isinstance(value, Mapping):
        return value
    config = value.get("config")
    if "class_name" not in value or not isinstance(config, Mapping):
        return value if "class_name" in value else {key: renamed(item, kind) for key, item in value.items()}
    # Some versions of Keras 2 wrote of a metric that it is trainable, as of a layer, which it is not.
    inner = {key: item for key, item in config.items() if key != "trainable"}
    if inner.get("reduction") == "auto":
        # "auto" is the mean over the batch outside of distribution strategies (TensorFlow 2.15, losses_utils.py).
        inner["reduction"] = "sum_over_batch_size"
    class_name, function = value["class_name"], inner.pop("fn", None)
    if class_name in FUNCTION_WRAPPERS and isinstance(function, str):
        # Keras 3 leaves the function in a wrapper a text, and fails when it is called.
        name = LOSS_NAMES.get(function, function)
        class_name = class_of(name, kind)
        if class_name is None:
            return name
    elif class_name in FUNCTION_WRAPPERS and function is not None:
        inner["fn"] = function
    rest = {key: item for key, item in value.items() if key != "shared_object_id"}
    return {**rest, "class_name": class_name, "config": inner}


def class_of(function: str, kind: str) -> str | None:
    """Today's class of a loss or metric that a function computes."""
    known = facts_of(NEWEST).objects.get(kind, {})
    return next((name for name in known if name[:1].isupper() and snake_case(name) == function), None)


#: Functions and classes of today's `keras.losses` and `keras.metrics`, in snake case.
KNOWN = frozenset({
    "bce", "kld", "mae", "mape", "mse", "msle", "acc", "accuracy", "ce", "crossentropy", "binary_crossentropy",
    "binary_focal_crossentropy", "categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge",
    "circle", "cosine_similarity", "ctc", "dice", "hinge", "huber", "kl_divergence", "log_cosh",
    "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error",
    "poisson", "sparse_categorical_crossentropy", "squared_hinge", "tversky", "auc", "binary_accuracy",
    "binary_io_u", "categorical_accuracy", "concordance_correlation", "f1_score", "f_beta_score", "false_negatives",
    "false_positives", "io_u", "log_cosh_error", "mean", "mean_io_u", "mean_metric_wrapper", "one_hot_io_u",
    "one_hot_mean_io_u", "pearson_correlation", "precision", "precision_at_recall", "r2_score", "recall",
    "recall_at_precision", "root_mean_squared_error", "sensitivity_at_specificity", "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy", "specificity_at_sensitivity", "sum", "top_k_categorical_accuracy",
    "true_negatives", "true_positives", "loss_function_wrapper",
})  # fmt: skip


def unknown(value: Any, *, is_metric: bool) -> Iterator[str]:
    """The names among losses or metrics that are not Keras' own."""
    if isinstance(value, str):
        if snake_case(value) not in KNOWN and value.lower() not in KNOWN:
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from unknown(item, is_metric=is_metric)
    elif isinstance(value, Mapping) and "class_name" in value:
        config = value.get("config")
        if value["class_name"] == "function":
            yield from unknown(str(config), is_metric=is_metric)
        else:
            names = [value["class_name"], config.get("fn") if isinstance(config, Mapping) else None]
            yield from (name for name in names if isinstance(name, str) and snake_case(name) not in KNOWN)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from unknown(item, is_metric=is_metric)


OPTIMIZER_REPAIR = Repair(
    OPTIMIZER,
    "writes the optimizer with today's fields",
    Stage.TRAINING,
    Applicability.SAFE,
    ("compile-refused",),
    optimizer,
)
LOSSES_REPAIR = Repair(
    LOSSES,
    "writes losses and metrics with today's names",
    Stage.TRAINING,
    Applicability.SAFE,
    ("compile-refused",),
    losses,
)
