"""Layers that occur several times in a file: an archive stores such a layer where Keras reaches it first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import WeightNaming
from lstmlint.ir.model import Layer, Model, count
from lstmlint.ir.shape import Unknown, total
from lstmlint.keras.config_schemas import value_at

#: The key of a layer's number where the layer may occur again; equal numbers mean one layer.
SHARED_OBJECT = "shared_object_id"


def stored_with_earlier(model: Model) -> Mapping[str, int]:
    """The number of parameters of each layer that an archive stores with an earlier layer, in the outermost model.

    (Keras, `saving/saving_lib.py`, `_save_state`: `visited_saveables`.)
    """
    if model.document.stored_by is WeightNaming.LAYER_NAME:
        return {}
    seen: set[int] = set()
    found: dict[str, int] = {}
    for layer in model.layers:
        inside = dict(_shared(model, layer))
        counts = total(count(shared.weights) for number, shared in inside.items() if number in seen)
        seen |= inside.keys()
        if not isinstance(counts, Unknown) and counts:
            found[layer.name] = counts
    return found


def stands_elsewhere(model: Model, layer: Layer) -> bool:
    """Whether a layer occurs several times in a file, so that calls of the others may count among its own."""
    number = value_at(model.document.config, (*layer.pointer, SHARED_OBJECT))
    return isinstance(number, int) and _occurrences(model.document.config, number) > 1


def _occurrences(config: Any, number: int) -> int:
    """The number of objects in a config that have a shared number."""
    found, left = 0, [config]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            found += value.get(SHARED_OBJECT) == number
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
    return found


def _shared(model: Model, layer: Layer) -> Iterator[tuple[int, Layer]]:
    for inner in layer.walk():
        number = value_at(model.document.config, (*inner.pointer, SHARED_OBJECT))
        if isinstance(number, int):
            yield number, inner
