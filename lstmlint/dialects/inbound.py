"""Connections of layers: `inbound_nodes` in the list form of Keras 1 and 2 and the object form of Keras 3."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.graph import NOTHING, OPERATION, LayerCall, TensorRef
from lstmlint.ir.shape import Shape, shape_from_json, shape_of_array
from lstmlint.keras.classes import traits_of

#: The name of a second positional argument for which a class has no name.
SECOND_OPERAND = "operand 2"

#: The argument that holds a list of tensors and values; among the inputs, the values are shapes.
MIXED_INPUTS = "inputs with values"

#: Class names under which Keras 3 writes an array among the arguments.
ARRAYS = frozenset({"__numpy__", "__tensor__"})

#: Text in place of a layer's name that marks the first argument as a value (tf.keras 2.4 and later).
CONSTANT = "_CONSTANT_VALUE"

#: The keyword under which Keras 3 writes the first argument when it is not positional, in order of preference.
FIRST_PARAMETERS = ("inputs", "sequences", "sequence", "query", "x", "input_tensor")


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one layer, and the recorded shapes of the tensors that they receive."""

    calls: tuple[LayerCall, ...]
    recorded: Mapping[TensorRef, Shape]


def layer_calls(inbound_nodes: Any, class_name: str, config: Mapping[str, Any], names: Collection[str]) -> Calls:
    """The calls in a layer's `inbound_nodes`. A layer without any (an input) has one call without inputs.

    Args:
        inbound_nodes: as in the file.
        class_name: the layer's class in today's vocabulary.
        config: the layer's config in today's vocabulary.
        names: the names of the layers of this model, to tell a reference from a list that looks like one.
    """
    recorded: dict[TensorRef, Shape] = {}
    nodes = inbound_nodes if isinstance(inbound_nodes, list) else []
    calls = [
        _object_call(node, class_name, recorded)
        if isinstance(node, dict) and isinstance(node.get("args"), list) and isinstance(node.get("kwargs"), dict)
        else _list_call(node, names)
        for node in nodes
    ]
    if traits_of(class_name).takes_state:
        calls = [_with_named_state(call, config) for call in calls]
    return Calls(tuple(calls) or (LayerCall([]),), recorded)


def tensor_references(value: Any) -> Any:
    """`input_layers` or `output_layers`: one reference, or a list or dict of them."""
    return _from_lists(value)


def _object_call(node: Mapping[str, Any], class_name: str, recorded: dict[TensorRef, Shape]) -> LayerCall:
    positional = [_from_objects(value, recorded) for value in node["args"]]
    named = {name: _from_objects(value, recorded) for name, value in node["kwargs"].items()}
    if not positional:
        first = next((name for name in (*FIRST_PARAMETERS, *named) if name in named), None)
        return LayerCall(named.pop(first) if first else [], named)
    parameters = traits_of(class_name).arguments
    for index, value in enumerate(positional[1:]):
        named[parameters[index] if index < len(parameters) else f"operand {index + 2}"] = value
    inputs = positional[0]
    return LayerCall(_numbers_as_shapes(inputs) if class_name.startswith(OPERATION) else inputs, named)


def _numbers_as_shapes(value: Any) -> Any:
    """The first argument of an operation, in which a number becomes the shape `()`."""
    if isinstance(value, int | float):
        return ()
    return [_numbers_as_shapes(item) for item in value] if isinstance(value, list) else value


def _from_objects(value: Any, recorded: dict[TensorRef, Shape]) -> Any:
    if isinstance(value, list):
        return [_from_objects(item, recorded) for item in value]
    if not isinstance(value, dict):
        return value
    class_name = value.get("class_name")
    if class_name == "__keras_tensor__":
        return _keras_tensor(value.get("config"), recorded)
    if isinstance(class_name, str) and class_name in ARRAYS:
        config = value.get("config")
        return shape_of_array(config.get("value") if isinstance(config, dict) else None)
    if class_name == "__tuple__":
        return [_from_objects(item, recorded) for item in value.get("items", [])]
    return {key: _from_objects(item, recorded) for key, item in value.items()}


def _keras_tensor(config: Any, recorded: dict[TensorRef, Shape]) -> TensorRef | None:
    history = config.get("keras_history") if isinstance(config, dict) else None
    if history is None or not _is_reference(history):
        return None
    reference = TensorRef(history[0], history[1], history[2])
    shape = shape_from_json(config.get("shape"))
    if shape is not None:
        recorded[reference] = shape
    return reference


def _list_call(node: Any, names: Collection[str]) -> LayerCall:
    entries = node if isinstance(node, list) and not _is_entry(node) else [node]
    keywords = next((entry[3] for entry in _entries(node) if len(entry) > 3 and isinstance(entry[3], dict)), NOTHING)
    positional = node if isinstance(node, dict) else entries[0] if len(entries) == 1 else entries
    inputs = _from_lists(positional)
    arguments = {name: _from_lists(value, names) for name, value in keywords.items()}
    if len(entries) > 1 and any(_is_constant(entry) for entry in entries):
        arguments[MIXED_INPUTS] = [entry[2] if _is_constant(entry) else _from_lists(entry) for entry in entries]
    return LayerCall(inputs, arguments)


def _entries(node: Any) -> Iterator[list[Any]]:
    if _is_entry(node):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from _entries(item)
    elif isinstance(node, dict):
        for item in node.values():
            yield from _entries(item)


def _from_lists(value: Any, names: Collection[str] | None = None) -> Any:
    """References in nested lists and dicts; `names` limits them to layers of these names. Constants become shapes."""
    if _is_constant(value):
        return value[2] if isinstance(value[2], str) else shape_of_array(value[2])
    if _is_reference(value) and (names is None or value[0] in names):
        return TensorRef(value[0], value[1], value[2])
    if isinstance(value, list):
        return [_from_lists(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _from_lists(item, names) for key, item in value.items()}
    return value


def _is_entry(value: Any) -> bool:
    return _is_reference(value) or _is_constant(value)


def _is_constant(value: Any) -> bool:
    return isinstance(value, list) and len(value) >= 3 and value[:2] == [CONSTANT, -1]


def _is_reference(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 3
        and isinstance(value[0], str)
        and value[0] != CONSTANT
        and isinstance(value[1], int)
        and isinstance(value[2], int)
    )


def _with_named_state(call: LayerCall, config: Mapping[str, Any]) -> LayerCall:
    """A recurrent call on `[x, *states, *constants]`, with states and constants as named arguments."""
    if not isinstance(call.inputs, list) or len(call.inputs) < 2:
        return call
    sequence, *rest = call.inputs
    constants = config.get("num_constants") or 0
    split = len(rest) - constants if isinstance(constants, int) else len(rest)
    arguments = dict(call.arguments)
    if rest[:split]:
        arguments["initial_state"] = rest[:split]
    if rest[split:]:
        arguments["constants"] = rest[split:]
    return replace(call, inputs=sequence, arguments=arguments)
