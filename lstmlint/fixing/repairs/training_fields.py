"""How a model was compiled, in today's names: optimizer, losses, metrics.

Source: Keras 3, `optimizers/base_optimizer.py`, `losses/loss.py` and `legacy/saving/saving_utils.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Left, Phase, Repair
from lstmlint.keras.compiled import (
    FUNCTION_KEYS,
    FUNCTION_WRAPPERS,
    NAMES,
    OPTIMIZER_WRAPPERS,
    RESOLVED,
    known_functions,
    named_in,
    optimizer_key,
    plain_optimizer,
)
from lstmlint.keras.facts import facts_of
from lstmlint.keras.names import snake_case
from lstmlint.keras.versions import NEWEST

OPTIMIZER, LOSSES = "optimizer-fields", "loss-names"

#: A field that today's optimizers take and pass over.
PASSED_OVER = frozenset({"decay"})

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

#: Today's names of losses and metrics that Keras 3 reads from an H5 under no other. `accuracy` is left to `compile`,
#: which chooses by the shape of the output; the cosine of Keras 1 and 2 has another sign as a metric.
LOSS_NAMES = {other: name for other, name in NAMES.items() if other != "acc" and not other.startswith("cosine")}

OPTIMIZER_MODULE = "keras.optimizers"

#: What a `compile_config` says of how to run (Keras 3, `trainers/trainer.py`); Keras 2 writes null, H5 holds none.
RUN_KEYS = ("run_eagerly", "steps_per_execution", "jit_compile")


def optimizer(draft: Draft) -> Applied:
    record = draft.training_config
    key = optimizer_key(record) if isinstance(record, Mapping) else None
    found = record.get(key) if isinstance(record, Mapping) and key else None
    if (
        not isinstance(record, Mapping)
        or not isinstance(found, Mapping)
        or not isinstance(found.get("config"), Mapping)
    ):
        return draft, ()
    name = str(found.get("class_name"))
    class_name = optimizers().get(plain_optimizer(name).lower())
    taken = facts_of(NEWEST).takes("optimizer", class_name) if class_name else None
    if taken is None:
        message = f"today's Keras has no optimizer {name}; compile the model again (load it with compile=False)"
        is_around = plain_optimizer(name) == "LossScaleOptimizer"
        return draft, (() if is_around else (Left(OPTIMIZER, "optimizer", message),))
    config, left = fields(found["config"], taken - PASSED_OVER)
    notes: list[Edit | Left] = [Left(OPTIMIZER, "optimizer", text) for text in left]
    rest = {key: value for key, value in found.items() if key != "shared_object_id"}
    written = {**rest, **({"module": OPTIMIZER_MODULE} if "module" in rest else {}), "class_name": class_name}
    written["config"] = config
    if written != found:
        notes.append(Edit(OPTIMIZER, "optimizer", "has today's fields", None, found, written))
        draft = replace(draft, training_config={**record, key: written})
    return draft, tuple(notes)


@cache
def optimizers() -> Mapping[str, str]:
    """Today's optimizers, without those around others, by their names in small letters."""
    names = facts_of(NEWEST).objects["optimizer"]
    return {name.lower(): name for name in names if name[:1].isupper() and name not in OPTIMIZER_WRAPPERS}


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
    changed = {key: renamed(value, FUNCTION_KEYS[key]) for key, value in record.items() if key in FUNCTION_KEYS}
    notes: list[Edit | Left] = [
        Edit(LOSSES, key, "has today's names", None, record[key], value)
        for key, value in changed.items()
        if value != record[key]
    ]
    unset = [key for key in RUN_KEYS if key in record and record[key] is None]
    notes += [Edit(LOSSES, key, "is left to its default, as today's Keras takes no null", None, None) for key in unset]
    for key, value in changed.items():
        for name in unknown(value):
            message = f"{name!r} is not Keras' own; give it in custom_objects, or load with compile=False"
            notes.append(Left(LOSSES, key, message))
    kept = {key: value for key, value in {**record, **changed}.items() if key not in unset}
    return replace(draft, training_config=kept), tuple(notes)


def renamed(value: Any, kind: str) -> Any:
    """Losses or metrics (`kind`) with today's names and fields."""
    if isinstance(value, str):
        return LOSS_NAMES.get(value.lower(), value)
    if isinstance(value, list):
        return [renamed(item, kind) for item in value]
    if not isinstance(value, Mapping):
        return value
    config = value.get("config")
    if not isinstance(value.get("class_name"), str) or not isinstance(config, Mapping):
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


def unknown(value: Any) -> Iterator[str]:
    """The names among losses or metrics that are not Keras' own."""
    for named in named_in(value):
        for name in (named.written, named.function):
            if name and not is_known(name):
                yield name


def is_known(name: str) -> bool:
    """Whether today's Keras has a loss or metric of a name, or `compile` resolves it."""
    objects = facts_of(NEWEST).objects
    known = known_functions(frozenset(objects["loss"]) | frozenset(objects["metric"]) | RESOLVED | FUNCTION_WRAPPERS)
    return snake_case(name) in known or name.lower() in known


OPTIMIZER_REPAIR = Repair(
    OPTIMIZER,
    "writes the optimizer with today's fields",
    Phase.TRAINING,
    Applicability.SAFE,
    ("compile-refused",),
    optimizer,
)
LOSSES_REPAIR = Repair(
    LOSSES,
    "writes losses and metrics with today's names",
    Phase.TRAINING,
    Applicability.SAFE,
    ("compile-refused",),
    losses,
)
