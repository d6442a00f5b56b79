"""Layers that occur several times in a file: an archive stores such a layer where Keras reaches it first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import WeightNaming
from lstmlint.ir.model import Layer, Model, count
from lstmlint.ir.shape import Unknown, total
from lstmlint.keras.config_schemas import value_at
from lstmlint.keras.serialized import SHARED_OBJECT

#: What helps: real Keras 2.15 and 3.15 load the weights of such an archive into a model that was built in code.
LOAD_INTO_CODE = (
    "build the model in code, where both places hold one layer, and load the weights of this file with load_weights(); "
    "an .h5 file can be loaded as a whole, with a copy of the layer in each place"
)


def stored_with_earlier(model: Model) -> Mapping[str, int]:
    """The number of parameters of each layer that an archive stores with an earlier layer, in the outermost model.

    (Keras, `saving/saving_lib.py`, `_save_state`: `visited_saveables`.)
    """
    if model.document.stored_by is WeightNaming.LAYER_NAME:
        return {}
    seen: set[int] = set()
    parameters: dict[str, int] = {}
    for layer in model.layers:
        inside = dict(_shared(model, layer))
        counts = total(count(shared.weights) for number, shared in inside.items() if number in seen)
        seen |= inside.keys()
        if not isinstance(counts, Unknown) and counts:
            parameters[layer.name] = counts
    return parameters


def told_as_shared(twin: Layer) -> str:
    """The end of a message about weights that a file lacks since it stores them with an earlier layer."""
    return f"; '{twin.full_name}' seems to be the same layer, which a .keras file stores once and Keras loads once"


def probably_shared(model: Model) -> Mapping[str, Layer]:
    """For layers of the outermost model of an archive: a layer of an earlier one, which they seem to share with it.

    A config may tell no numbers of shared layers, so equal names, classes and configs count, across all nesting.
    """
    if model.document.stored_by is WeightNaming.LAYER_NAME:
        return {}
    earlier: dict[tuple[str, str], Layer] = {}
    shared: dict[str, Layer] = {}
    for layer in model.layers:
        own = {(inner.class_name, str(inner.config.get("name"))): inner for inner in layer.walk() if inner.weights}
        twins = (earlier[key] for key, inner in own.items() if key in earlier and _told(earlier[key]) == _told(inner))
        twin = next(twins, None)
        if twin is not None:
            shared[layer.name] = twin
        earlier = own | earlier
    return shared


def _told(layer: Layer) -> dict[str, Any]:
    """A config without the numbers of shared objects in its values, such as initializers."""
    return {key: _without_number(value) for key, value in layer.config.items()}


def _without_number(value: Any) -> Any:
    is_object = isinstance(value, Mapping)
    return {key: inner for key, inner in value.items() if key != SHARED_OBJECT} if is_object else value


def stands_elsewhere(model: Model, layer: Layer) -> bool:
    """Whether a layer occurs several times in a file, so that calls of the others may count among its own."""
    number = value_at(model.document.config, (*layer.pointer, SHARED_OBJECT))
    return isinstance(number, int) and _occurrences(model.document.config, number) > 1


def _occurrences(config: Any, number: int) -> int:
    """The number of objects in a config that have a shared number."""
    occurrences, left = 0, [config]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            occurrences += value.get(SHARED_OBJECT) == number
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
    return occurrences


def _shared(model: Model, layer: Layer) -> Iterator[tuple[int, Layer]]:
    for inner in layer.walk():
        number = value_at(model.document.config, (*inner.pointer, SHARED_OBJECT))
        if isinstance(number, int):
            yield number, inner
