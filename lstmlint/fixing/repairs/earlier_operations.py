"""Operations of `keras.ops` between layers as the functions of TensorFlow that they were, the other way around.

Keras 2 in TensorFlow writes such a call as a layer `TFOpLambda` or `SlicingOpLambda`; the table is that of
`tensorflow_calls`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.modules import OPERATIONS as MODULES
from lstmlint.fixing.repairs.repair import (
    Applicability,
    Draft,
    DraftLayer,
    Edit,
    Left,
    Phase,
    Repair,
    is_keras2,
    per_layer,
)
from lstmlint.fixing.repairs.tensorflow_calls import OPERATIONS, SLICE, Operation

NAME = "earlier-operations"

#: The first function of the table for a class of operation, and what the operation is there.
FUNCTIONS: Mapping[str, tuple[str, Operation]] = {
    operation.class_name: (name, operation) for name, operation in reversed(tuple(OPERATIONS.items()))
}

#: The first Keras of TensorFlow that writes calls between layers.
FIRST = (2, 4)


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    if not str(layer.raw.get("module")).startswith(MODULES):
        return
    name, calls = layer.class_name, layer.raw.get("inbound_nodes")
    function = SLICE if name == "GetItem" else FUNCTIONS.get(name, ("", None))[0]
    made = [one_call(name, layer.config, call) for call in calls] if function and isinstance(calls, list) else [None]
    if None in made or not draft.target.is_tf_keras or draft.target.version < FIRST:
        yield Left(NAME, layer.name, f"{draft.target.name} has no function for keras.ops' {name}", layer.pointer)
        return
    class_name = "SlicingOpLambda" if function == SLICE else "TFOpLambda"
    config = {"name": layer.path[-1], "trainable": True, "dtype": "float32", "function": function}
    raw = {"class_name": class_name, "name": layer.path[-1], "config": config, "inbound_nodes": made}
    yield raw, Edit(NAME, layer.name, f"keras.ops' {name} is TensorFlow's {function}", layer.pointer, layer.raw, raw)


def one_call(name: str, config: Mapping[str, Any], call: Any) -> dict[str, Any] | None:
    """The call of a function with the fields of an operation as arguments; `None` where one has no place."""
    if not isinstance(call, Mapping) or not call.get("args") or call.get("kwargs"):
        return None
    first, *others = call["args"]
    if name == "GetItem":
        keys = [item for key in others for item in (key if isinstance(key, list) else [key])]
        return {"args": [first], "kwargs": {"slice_spec": keys}}
    operation = FUNCTIONS[name][1]
    fields = {field: argument for argument, field in (operation.fields or {}).items()}
    said = {key: value for key, value in config.items() if key not in ("name", "dtype")}
    if not said.keys() <= fields.keys() or len(others) != (operation.second is not None):
        return None
    named = {fields[key]: value for key, value in said.items()}
    return {"args": [first], "kwargs": {**dict(zip(filter(None, [operation.second]), others, strict=True)), **named}}


REPAIR = Repair(
    NAME, "makes functions of TensorFlow of operations of keras.ops", Phase.EARLIER, Applicability.SAFE, (),
    per_layer(change), is_for=is_keras2,
)  # fmt: skip
