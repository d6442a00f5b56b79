"""Connections of layers in the list form of Keras 2 (2.15, `engine/functional.py`, `get_network_config`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.dialects.inbound import FIRST_PARAMETERS
from lstmlint.fixing.repairs.connections import IMPLICIT, is_functional
from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Left, Phase, Repair, is_keras2
from lstmlint.fixing.repairs.tensorflow_calls import CLASSES
from lstmlint.ir.document import Pointer
from lstmlint.keras.classes import traits_of
from lstmlint.keras.serialized import ENDS

NAME = "earlier-connections"

TENSOR, ARRAY, TUPLE, SLICE = "__keras_tensor__", "__numpy__", "__tuple__", "__slice__"

STATE = "initial_state"

NESTED = frozenset({"Functional", "Model", "Sequential"})


def apply(draft: Draft) -> Applied:
    notes: list[Edit | Left] = []
    places: list[tuple[Pointer, str]] = [((), draft.model.name)]
    places += [(layer.pointer, layer.name) for layer in draft.layers()]
    # Innermost first: an outer model must not put back an inner one as it was.
    for pointer, name in sorted(places, key=lambda place: len(place[0]), reverse=True):
        raw = draft.at(pointer)
        if not is_functional(raw.get("config")):
            continue
        config = raw["config"]
        shifted = {str(item.get("name")): item for item in config["layers"] if is_counted(item)}
        layers = []
        for index, item in enumerate(config["layers"]):
            class_name, is_tf = str(item.get("class_name")), draft.target.is_tf_keras
            calls = [listed(call, class_name, shifted, is_tf=is_tf) for call in item.get("inbound_nodes") or ()]
            if None in calls:
                where = (*pointer, "config", "layers", index)
                message = f"{draft.target.name} has no way to write how it is called"
                notes.append(Left(NAME, str(item.get("name")), message, where))
            layers.append({**item, "inbound_nodes": [call for call in calls if call is not None]})
        if any(isinstance(config.get(key), Mapping) for key in ENDS) and not draft.target.is_tf_keras:
            notes.append(Left(NAME, name, f"{draft.target.name} has no models of named inputs or outputs", pointer))
        ends = {key: end(config.get(key), shifted) for key in ENDS}
        draft = draft.put(pointer, {**raw, "config": {**config, "layers": layers, **ends}})
        notes.append(Edit(NAME, name, "its connections are written as lists", pointer))
    return draft, tuple(notes)


def is_counted(item: Any) -> bool:
    """Whether a nested model counts its own construction as call 0: where it has an input layer."""
    if not isinstance(item, Mapping) or item.get("class_name") not in NESTED:
        return False
    config = item.get("config")
    layers = config.get("layers") if isinstance(config, Mapping) else None
    first = layers[0] if isinstance(layers, list) and layers else None
    is_input = isinstance(first, Mapping) and first.get("class_name") == "InputLayer"
    return is_input or item.get("class_name") != "Sequential"


def end(structure: Any, shifted: Mapping[str, Any]) -> Any:
    """The inputs or outputs of a model; a single one is a list of one. Functional models are counted from 1 already."""
    if isinstance(structure, Mapping):
        return {key: ended(item, shifted) for key, item in structure.items()}
    is_single = isinstance(structure, list) and len(structure) == 3 and isinstance(structure[0], str)
    return [ended(structure, shifted)] if is_single else [ended(item, shifted) for item in structure or ()]


def ended(value: Any, shifted: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: ended(item, shifted) for key, item in value.items()}
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        is_late = value[0] in shifted and shifted[value[0]].get("class_name") == "Sequential"
        return [value[0], value[1] + is_late, value[2]]
    return [ended(item, shifted) for item in value] if isinstance(value, list) else value


def listed(call: Any, class_name: str, shifted: Mapping[str, Any], *, is_tf: bool) -> Any:
    """A call of today's form as a list; `None` where that form has no place for an argument.

    Standalone Keras 2 takes no tensors as named arguments, but states among the inputs of a recurrent layer.
    """
    if not isinstance(call, Mapping) or "args" not in call:
        return call
    keywords = {key: value for key, value in call.get("kwargs", {}).items() if is_said(key, value)}
    positional = list(call["args"])
    if not positional:
        first = next((name for name in (*FIRST_PARAMETERS, *keywords) if name in keywords), None)
        positional = [keywords.pop(first)] if first else []
    names = traits_of(class_name).arguments
    if len(positional) - 1 > len(names) or not positional:
        return None
    keywords |= {name: value for name, value in zip(names, positional[1:], strict=False) if value is not None}
    if not is_tf and STATE in keywords and traits_of(class_name).takes_state:
        states = keywords.pop(STATE)
        positional[0] = [positional[0], *(states if isinstance(states, list) else [states])]
    if not is_tf and ((isinstance(positional[0], Mapping) and not is_tensor(positional[0])) or any(tensors(keywords))):
        return None
    named = {key: plain(value, shifted) for key, value in keywords.items()}
    made = entries(positional[0], named, shifted)
    # A function gets its argument as it was given, where a layer gets one tensor out of a list of one.
    return made[0] if class_name in CLASSES and is_tensor(positional[0]) else made


def is_said(key: str, value: Any) -> bool:
    """Whether an argument says more than Keras finds out."""
    if key in IMPLICIT:
        return any(True for _ in tensors(value))
    return value is not None


def entries(value: Any, named: Mapping[str, Any], shifted: Mapping[str, Any]) -> Any:
    """The first argument of a call: each tensor in it with the named arguments."""
    if is_tensor(value):
        return [[*reference(value, shifted), dict(named)]]
    if isinstance(value, Mapping) and "class_name" not in value:
        return {key: entries(item, named, shifted)[0] for key, item in value.items()}
    if isinstance(value, list) and value and all(map(is_tensor, value)):
        return [[*reference(item, shifted), dict(named)] for item in value]
    return None


def plain(value: Any, shifted: Mapping[str, Any]) -> Any:
    """An argument with tensors as lists, and slices, tuples and arrays as plain values."""
    if is_tensor(value):
        return reference(value, shifted)
    if isinstance(value, list):
        return [plain(item, shifted) for item in value]
    if not isinstance(value, Mapping):
        return value
    config = value.get("config")
    if value.get("class_name") == TUPLE:
        return [plain(item, shifted) for item in value.get("items", ())]
    if value.get("class_name") in (SLICE, ARRAY) and isinstance(config, Mapping):
        return dict(config) if value["class_name"] == SLICE else config.get("value")
    return {key: plain(item, shifted) for key, item in value.items()}


def is_tensor(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("class_name") == TENSOR


def tensors(value: Any) -> Iterator[Any]:
    """The tensors in a value."""
    if is_tensor(value):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors(item)


def reference(value: Any, shifted: Mapping[str, Any]) -> list[Any]:
    """A tensor as layer, call and number."""
    layer, call, index = value["config"]["keras_history"]
    return [layer, call + (layer in shifted), index]


REPAIR = Repair(
    NAME, "writes connections as the lists of Keras 2", Phase.EARLIER_FORM, Applicability.SAFE, (), apply,
    is_for=is_keras2,
)  # fmt: skip
