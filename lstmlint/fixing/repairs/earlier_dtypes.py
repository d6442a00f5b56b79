"""Dtype policies: earlier Kerases take names, Keras 2 in TensorFlow an object of its own for mixed ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import (
    MODELS,
    Applicability,
    Applied,
    Draft,
    DraftLayer,
    Edit,
    Left,
    Phase,
    Repair,
    is_earlier,
    per_layer,
)
from lstmlint.fixing.repairs.values import MIXED
from lstmlint.keras.versions import Target

NAME = "earlier-dtypes"
KEY = "dtype"

POLICY = "DTypePolicy"


def apply(draft: Draft) -> Applied:
    notes: list[Edit | Left] = []
    config = draft.config.get("config")
    if isinstance(config, Mapping) and KEY in config and not draft.target.is_keras3:
        draft = draft.put(("config",), {key: value for key, value in config.items() if key != KEY})
        notes.append(Edit(NAME, "", "the model has no dtype of its own", ("config", KEY), config[KEY]))
    draft, others = per_layer(change)(draft)
    return draft, (*notes, *others)


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    if KEY not in layer.config:
        return
    value, where = layer.config[KEY], (*layer.pointer, "config", KEY)
    if layer.class_name in MODELS and not draft.target.is_keras3:
        kept = {key: item for key, item in layer.config.items() if key != KEY}
        yield {**layer.raw, "config": kept}, Edit(NAME, layer.name, "has no dtype of its own", where, value)
        return
    name = name_of(value)
    new = None if name is None else written(name, draft.target)
    if new is None:
        yield Left(NAME, layer.name, f"{draft.target.name} has no such dtype policy, here {value!r}", where)
    elif new != value:
        raw = {**layer.raw, "config": {**layer.config, KEY: new}}
        yield raw, Edit(NAME, layer.name, f"dtype is {name}", where, value, new)


def name_of(value: Any) -> str | None:
    """The name of a policy; `None` for those of quantized layers and others that need more than a name."""
    if isinstance(value, Mapping):
        inner = value.get("config")
        is_plain = value.get("class_name") == POLICY and isinstance(inner, Mapping)
        value = inner.get("name") if is_plain and isinstance(inner, Mapping) else None
    return value if isinstance(value, str) else None


def written(name: str, target: Target) -> Any:
    """A policy as a Keras reads it; `None` where it has none."""
    if not name.startswith(MIXED) or target.is_keras3:
        return name
    if not target.is_tf_keras or target.version < (2, 4):
        return None
    return {"class_name": "Policy", "config": {"name": name}}


REPAIR = Repair(
    NAME, "writes dtype policies as an earlier Keras reads them", Phase.EARLIER, Applicability.SAFE, (), apply,
    is_for=is_earlier,
)  # fmt: skip
