"""Functions of TensorFlow that were called on tensors between layers become operations of `keras.ops`.

tf.keras writes them as layers `TFOpLambda` and `SlicingOpLambda` with the function's name in their config. A call is
repaired only if the operation has a parameter for each of its arguments.

Source: Keras 2.15, `layers/core/tf_op_layer.py`; Keras 3, `ops/numpy.py`, `ops/nn.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer
from lstmlint.ir.dataclass import dataclass
from lstmlint.keras.serialized import SHARED_OBJECT

NAME = "tensorflow-calls"

CLASSES = frozenset({"TFOpLambda", "SlicingOpLambda"})
SLICE = "__operators__.getitem"
NUMPY, NN = "keras.src.ops.numpy", "keras.src.ops.nn"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its class and module, the argument for its second tensor, and the fields for other arguments."""

    class_name: str
    module: str = NUMPY
    second: str | None = None
    fields: Mapping[str, str] | None = None


REDUCES = {"axis": "axis", "keepdims": "keepdims"}
ALONG = {"axis": "axis"}

#: The operation for a function of TensorFlow.
OPERATIONS: Mapping[str, Operation] = {
    "math.add": Operation("Add", second="y"),
    "__operators__.add": Operation("Add", second="y"),
    "math.subtract": Operation("Subtract", second="y"),
    "__operators__.sub": Operation("Subtract", second="y"),
    "math.multiply": Operation("Multiply", second="y"),
    "__operators__.mul": Operation("Multiply", second="y"),
    "math.truediv": Operation("TrueDivide", second="y"),
    "math.divide": Operation("TrueDivide", second="y"),
    "__operators__.truediv": Operation("TrueDivide", second="y"),
    "math.pow": Operation("Power", second="y"),
    "__operators__.pow": Operation("Power", second="y"),
    "math.maximum": Operation("Maximum", second="y"),
    "math.minimum": Operation("Minimum", second="y"),
    "math.equal": Operation("Equal", second="y"),
    "math.not_equal": Operation("NotEqual", second="y"),
    "math.greater": Operation("Greater", second="y"),
    "math.greater_equal": Operation("GreaterEqual", second="y"),
    "math.less": Operation("Less", second="y"),
    "math.less_equal": Operation("LessEqual", second="y"),
    "math.logical_and": Operation("LogicalAnd", second="y"),
    "math.logical_or": Operation("LogicalOr", second="y"),
    "math.logical_not": Operation("LogicalNot"),
    "math.abs": Operation("Absolute"),
    "math.negative": Operation("Negative"),
    "__operators__.neg": Operation("Negative"),
    "math.exp": Operation("Exp"),
    "math.log": Operation("Log"),
    "math.sqrt": Operation("Sqrt"),
    "math.square": Operation("Square"),
    "math.tanh": Operation("Tanh"),
    "nn.tanh": Operation("Tanh"),
    "math.sigmoid": Operation("Sigmoid", NN),
    "nn.sigmoid": Operation("Sigmoid", NN),
    "nn.relu": Operation("Relu", NN),
    "nn.softmax": Operation("Softmax", NN, fields=ALONG),
    "math.reduce_sum": Operation("Sum", fields=REDUCES),
    "math.reduce_mean": Operation("Mean", fields=REDUCES),
    "math.reduce_max": Operation("Max", fields=REDUCES),
    "math.reduce_min": Operation("Min", fields=REDUCES),
    "concat": Operation("Concatenate", fields=ALONG),
    "stack": Operation("Stack", fields=ALONG),
    "expand_dims": Operation("ExpandDims", fields=ALONG),
    "squeeze": Operation("Squeeze", fields=ALONG),
    "transpose": Operation("Transpose", fields={"perm": "axes"}),
    "reshape": Operation("Reshape", fields={"shape": "newshape"}),
}


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    if layer.class_name not in CLASSES:
        return
    function = str(layer.config.get("function", SLICE))
    calls = layer.raw.get("inbound_nodes")
    written = [one_call(function, call) for call in calls] if isinstance(calls, list) else []
    fields = [config for config, _ in filter(None, written)]
    # An operation has one set of fields; a layer that is called with different arguments would be several operations.
    if not written or len(fields) != len(written) or any(config != fields[0] for config in fields):
        message = f"calls TensorFlow's {function} in a way that has no operation here; write it with keras.ops"
        yield Left(NAME, layer.name, message, layer.pointer)
        return
    class_name, module = ("GetItem", NUMPY) if function == SLICE else _class(OPERATIONS[function])
    raw = {
        **{key: value for key, value in layer.raw.items() if key not in ("build_config", SHARED_OBJECT)},
        "module": module,
        "class_name": class_name,
        "registered_name": class_name,
        "config": {**fields[0], "name": layer.path[-1]},
        "inbound_nodes": [call for _, call in filter(None, written)],
    }
    yield raw, Edit(NAME, layer.name, f"{function} is keras.ops' {class_name}", layer.pointer, layer.raw, raw)


def _class(operation: Operation) -> tuple[str, str]:
    return operation.class_name, operation.module


def one_call(function: str, call: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The fields of the operation and its call; `None` where it has no parameter for an argument."""
    if not isinstance(call, Mapping) or len(call.get("args", ())) != 1:
        return None
    arguments = {key: value for key, value in call["kwargs"].items() if key != "name" and value is not None}
    if function == SLICE:
        return _slice(call["args"][0], arguments)
    operation = OPERATIONS.get(function)
    return None if operation is None else _operation(operation, call["args"][0], arguments)


def _slice(tensor: Any, arguments: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    keys = arguments.get("slice_spec")
    slices = [as_key(key) for key in keys] if isinstance(keys, list) else [None]
    if arguments.keys() - {"slice_spec"} or None in slices:
        return None
    return {}, {"args": [tensor, slices], "kwargs": {}}


def _operation(
    operation: Operation, tensor: Any, arguments: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    needed = {operation.second} - {None}
    fields = operation.fields or {}
    others = {key: value for key, value in arguments.items() if key not in needed}
    if not needed <= arguments.keys() or not others.keys() <= fields.keys() or has_tensor(list(others.values())):
        return None
    tensors = [tensor, *(arguments[key] for key in arguments if key in needed)]
    return {fields[key]: value for key, value in others.items()}, {"args": tensors, "kwargs": {}}


def as_key(key: Any) -> Any:
    """One index of a slice as Keras 3 writes it; `None` where it is computed or makes a new axis."""
    if isinstance(key, int) and not isinstance(key, bool):
        return key
    if isinstance(key, Mapping) and set(key) == {"start", "stop", "step"} and not has_tensor(key):
        return {"class_name": "__slice__", "config": dict(key)}
    return None


def has_tensor(value: Any) -> bool:
    """Whether a value is, or holds, a tensor or another object."""
    if isinstance(value, Mapping):
        return "class_name" in value or any(map(has_tensor, value.values()))
    return isinstance(value, list) and any(map(has_tensor, value))


REPAIR = Repair(
    NAME,
    "turns functions of TensorFlow into operations of keras.ops",
    Phase.NAMES,
    Applicability.SAFE,
    ("removed-layer",),
    per_layer(change),
)
