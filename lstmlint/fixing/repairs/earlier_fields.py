"""Classes and fields that an earlier Keras does not know yet.

A field is dropped where it says what that Keras does anyway: the default that the field came with, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import (
    MODELS,
    Applicability,
    Draft,
    DraftLayer,
    Edit,
    Left,
    Phase,
    Repair,
    is_earlier,
    is_layer,
    per_layer,
)
from lstmlint.ir.graph import OPERATION
from lstmlint.keras.facts import Facts, facts_of
from lstmlint.keras.ownership import is_foreign
from lstmlint.keras.serialized import kind_of_key
from lstmlint.keras.versions import NEWEST

NAME = "earlier-fields"

#: What says nothing.
NOTHING_SAID: tuple[Any, ...] = (None, False, 0, "", [], {})

#: What the names of some initializers ended with (Keras 3.0 to 3.5).
LONG = "Initializer"

#: Initializers that standalone Keras 2 writes as another one (Keras 2.3.1, `initializers.py`, `glorot_uniform` ...).
SCALING, SCALING_FIELDS = "VarianceScaling", ("scale", "mode", "distribution")
SCALINGS: Mapping[str, tuple[float, str, str]] = {
    "GlorotUniform": (1.0, "fan_avg", "uniform"),
    "GlorotNormal": (1.0, "fan_avg", "normal"),
    "HeUniform": (2.0, "fan_in", "uniform"),
    "HeNormal": (2.0, "fan_in", "normal"),
    "LecunUniform": (1.0, "fan_in", "uniform"),
    "LecunNormal": (1.0, "fan_in", "normal"),
}

#: Fields that say how something is computed, not what.
IMMATERIAL = frozenset({"implementation", "use_cudnn"})

#: Classes whose fields are written by another repair, or that hold nothing but layers.
OTHERS = MODELS | {"InputLayer"}


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    name = layer.class_name
    if is_foreign(layer.raw) or (layer.original is not None and layer.original.node.is_custom):
        return
    facts = facts_of(draft.target)
    if name in OTHERS or name.startswith(OPERATION) or "keras.src.ops" in str(layer.raw.get("module")):
        return
    if name not in facts.names and today.has_class(name):
        yield Left(NAME, layer.name, f"{draft.target.name} has no {name}", layer.pointer)
        return
    config: dict[str, Any] = dict(layer.config)
    for key in facts.layer(name).refuses(layer.config):
        value, where = layer.config[key], (*layer.pointer, "config", key)
        if key in IMMATERIAL or value in NOTHING_SAID or value == today.defaults(name).get(key):
            del config[key]
            yield {**layer.raw, "config": dict(config)}, Edit(NAME, layer.name, f"{key} is dropped", where, value)
        else:
            message = f"{draft.target.name} has no {key} of {name}, here {value!r}"
            yield Left(NAME, layer.name, message, where)
    for key, value in list(config.items()):
        kind = kind_of_key(key)
        where = (*layer.pointer, "config", key)
        if kind is None or is_layer(value) or value is None:
            continue
        written, unknown = as_known(value, kind, facts)
        if unknown:
            yield Left(NAME, layer.name, f"{draft.target.name} has no {unknown} of {kind}s", where)
        elif written != value:
            config[key] = written
            yield (
                {**layer.raw, "config": dict(config)},
                Edit(NAME, layer.name, "has known fields", where, value, written),
            )


def as_known(value: Any, kind: str, facts: Facts) -> tuple[Any, str]:
    """A function or object with the fields that a Keras knows, and what is not known of it; empty where all is."""
    if isinstance(value, str):
        return value, "" if facts.knows(kind, value) or not today_has(kind, value) else value
    if not isinstance(value, Mapping) or not isinstance(value.get("config"), Mapping) or is_foreign(value):
        return value, ""
    name, inner = str(value.get("class_name")), value["config"]
    if name in MODELS:
        return value, "model"
    if not facts.knows(kind, name) and facts.knows(kind, f"{name}{LONG}"):
        name = f"{name}{LONG}"
    elif not facts.knows(kind, name) and name in SCALINGS:
        name, inner = SCALING, {**inner, **dict(zip(SCALING_FIELDS, SCALINGS[name], strict=True))}
    elif not facts.knows(kind, name):
        return value, name if today_has(kind, name) else ""
    taken = facts.takes(kind, name)
    kept = {key: item for key, item in inner.items() if taken is None or key in taken}
    lost = [key for key in inner if key not in kept and inner[key] not in NOTHING_SAID]
    return {**value, "class_name": name, "config": kept}, f"field {lost[0]}" if lost else ""


def today_has(kind: str, name: str) -> bool:
    return name in facts_of(NEWEST).objects[kind]


REPAIR = Repair(
    NAME, "drops fields that an earlier Keras does not know and that change nothing", Phase.EARLIER,
    Applicability.SAFE, (), per_layer(change), is_for=is_earlier,
)  # fmt: skip
