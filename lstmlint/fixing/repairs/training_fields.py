"""The training record in today's names: optimizer, losses, metrics.

Source: Keras 3, `optimizers/base_optimizer.py`, `losses/loss.py` and `legacy/saving/saving_utils.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Left, Phase, Repair
from lstmlint.ir.dataclass import replace
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.keras.compiled import (
    FUNCTION_KEYS,
    FUNCTION_WRAPPERS,
    NAMES,
    OPTIMIZER_WRAPPERS,
    RESOLVED,
    is_object,
    known_functions,
    named_in,
    optimizer_key,
    plain_optimizer,
)
from lstmlint.keras.facts import facts_of
from lstmlint.keras.names import snake_case
from lstmlint.keras.serialized import SHARED_OBJECT
from lstmlint.keras.versions import NEWEST

OPTIMIZER, LOSSES = "optimizer-fields", "loss-names"

#: A field that today's optimizers take but ignore.
PASSED_OVER = frozenset({"decay"})

#: Fields of older optimizers, with the values that mean nothing or that today's class uses anyway.
IGNORED: Mapping[str, tuple[Any, ...]] = {
    "jit_compile": (True, False),
    "is_legacy_optimizer": (True, False),
    "schedule_decay": (0.004,),
    "decay": (0, 0.0, None),
}

#: A number as Python prints it.
NUMBER = lazy_pattern(r"-?\d+(\.\d*)?(e[+-]?\d+)?")

#: Keras' default, in place of null in a file of Keras 2 (`backend/config.py`).
EPSILON = 1e-7

SCHEDULES = "keras.optimizers.schedules"
DECAY = "InverseTimeDecay"

#: Today's names of losses and metrics, which Keras 3 needs in an H5. `accuracy` stays, because `compile` resolves it by
#: the shape of the output; the cosine of Keras 1 and 2 has another sign as a metric.
LOSS_NAMES = {other: name for other, name in NAMES.items() if other != "acc" and not other.startswith("cosine")}

OPTIMIZER_MODULE = "keras.optimizers"

#: Keys of a `compile_config` about execution (Keras 3, `trainers/trainer.py`); Keras 2 writes null, H5 has none.
RUN_KEYS = ("run_eagerly", "steps_per_execution", "jit_compile")


def optimizer(draft: Draft) -> Applied:
    """The draft with the class and the fields of today's optimizer."""
    key, serialized = serialized_optimizer(draft.training_config)
    if not serialized:
        return draft, ()
    name = str(serialized.get("class_name"))
    class_name = optimizers().get(plain_optimizer(name).lower())
    taken = facts_of(NEWEST).takes("optimizer", class_name) if class_name else None
    if taken is None:
        return draft, without_class(name)
    config, left = fields(serialized["config"], taken - PASSED_OVER)
    module = {"module": OPTIMIZER_MODULE} if "module" in serialized else {}
    written = {**unshared(serialized), **module, "class_name": class_name, "config": config}
    notes: tuple[Edit | Left, ...] = tuple(Left(OPTIMIZER, "optimizer", text) for text in left)
    if written == serialized:
        return draft, notes
    edit = Edit(OPTIMIZER, "optimizer", "has today's fields", None, serialized, written)
    return replace(draft, training_config={**(draft.training_config or {}), key: written}), (*notes, edit)


def serialized_optimizer(record: Any) -> tuple[str, Mapping[str, Any]]:
    """The key and the object of a training record's optimizer; an empty object where it has none with a config."""
    key = optimizer_key(record) if isinstance(record, Mapping) else None
    serialized = record[key] if key is not None else None
    if key is None or not isinstance(serialized, Mapping) or not isinstance(serialized.get("config"), Mapping):
        return "", {}
    return key, serialized


def without_class(name: str) -> tuple[Left, ...]:
    """The task that an optimizer leaves which today's Keras lacks; none for a wrapper that only scales the loss."""
    if plain_optimizer(name) == "LossScaleOptimizer":
        return ()
    message = f"today's Keras has no optimizer {name}; compile the model again (load it with compile=False)"
    return (Left(OPTIMIZER, "optimizer", message),)


def unshared(value: Mapping[str, Any]) -> dict[str, Any]:
    """A serialized object without the number by which an archive shares it."""
    return {key: item for key, item in value.items() if key != SHARED_OBJECT}


@cache
def optimizers() -> Mapping[str, str]:
    """Today's optimizers without wrappers, by name in lower case."""
    names = facts_of(NEWEST).objects["optimizer"]
    return {name.lower(): name for name in names if name[:1].isupper() and name not in OPTIMIZER_WRAPPERS}


def fields(config: Mapping[str, Any], taken: frozenset[str]) -> tuple[dict[str, Any], list[str]]:
    """The fields of an optimizer in today's form, and sentences about fields that today's class lacks."""
    for step in STEPS:
        config = step(config)
    lacking = [key for key, value in config.items() if key not in taken and value not in IGNORED.get(key, (None,))]
    return {key: value for key, value in config.items() if key in taken}, [dropped(key, config) for key in lacking]


def dropped(key: str, config: Mapping[str, Any]) -> str:
    """The sentence about a field that today's optimizer lacks."""
    return f"today's optimizer has no {key}, here {config[key]!r}; it is dropped, and training goes on without it"


def named_rate(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with `lr` as `learning_rate`, and numbers where something other than Keras wrote texts."""
    return {"learning_rate" if key == "lr" else key: number(value) for key, value in config.items()}


def decay_as_schedule(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with a schedule in place of `decay`.

    Source: Keras 2.3.1, optimizers.py, `lr / (1 + decay * iterations)`.
    """
    decay, rate = config.get("decay"), config.get("learning_rate")
    if isinstance(decay, int | float) and decay > 0 and isinstance(rate, int | float):
        inner = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay, "staircase": False}
        schedule = {"module": SCHEDULES, "class_name": DECAY, "config": {**inner, "name": DECAY}}
        return {key: schedule if key == "learning_rate" else value for key, value in config.items() if key != "decay"}
    return config


def schedule_as_object(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with a schedule of the learning rate as an object of today."""
    schedule = config.get("learning_rate")
    if not isinstance(schedule, Mapping) or "class_name" not in schedule:
        return config
    stated = schedule.get("config")
    if isinstance(stated, Mapping) and stated.get("name", "") is None:  # today's Keras wants a text
        schedule = {**schedule, "config": {key: value for key, value in stated.items() if key != "name"}}
    return {**config, "learning_rate": unshared({"module": SCHEDULES, "registered_name": None, **schedule})}


def stated_epsilon(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with Keras' own `epsilon` in place of null."""
    return {key: EPSILON if key == "epsilon" and value is None else value for key, value in config.items()}


STEPS: tuple[Callable[[Mapping[str, Any]], Mapping[str, Any]], ...] = (
    named_rate, decay_as_schedule, schedule_as_object, stated_epsilon,
)  # fmt: skip


def number(value: Any) -> Any:
    """The number that a text says; everything else stays."""
    return float(value) if isinstance(value, str) and NUMBER.fullmatch(value) else value


def losses(draft: Draft) -> Applied:
    """The draft with losses and metrics under today's names."""
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
    if is_object(value) and isinstance(value.get("config"), Mapping):
        return renamed_object(value, kind)
    if isinstance(value, Mapping) and "class_name" not in value:
        return {key: renamed(item, kind) for key, item in value.items()}
    return value


def renamed_object(value: Mapping[str, Any], kind: str) -> Any:
    """A loss or metric object with today's class and fields; a name where today's Keras has only a function."""
    class_name, function, config = value["class_name"], value["config"].get("fn"), todays_config(value["config"])
    if class_name in FUNCTION_WRAPPERS and isinstance(function, str):
        # Keras 3 leaves the function in a wrapper a text, and fails when it is called.
        name = LOSS_NAMES.get(function, function)
        class_name = class_of(name, kind)
        if class_name is None:
            return name
    elif class_name in FUNCTION_WRAPPERS and function is not None:
        config["fn"] = function
    return {**unshared(value), "class_name": class_name, "config": config}


def todays_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config of a loss or metric with today's fields, and without the function of a wrapper.

    Some versions of Keras 2 wrote `trainable` for a metric, as for a layer. The reduction "auto" is the mean over the
    batch outside of distribution strategies (TensorFlow 2.15, losses_utils.py).
    """
    reduction = {"reduction": "sum_over_batch_size"} if config.get("reduction") == "auto" else {}
    return {key: item for key, item in {**config, **reduction}.items() if key not in ("trainable", "fn")}


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
    """Whether today's Keras has a loss or metric of this name, or `compile` resolves it."""
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
