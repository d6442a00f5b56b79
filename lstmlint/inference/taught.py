"""Custom layers that the settings teach: each states its output shape in one line of text.

`"same-shape"` is the shape of the input. `"(batch, timesteps, 2 * units)"` is a shape whose dimensions are `batch`,
`timesteps` and `features` (the first, second and last dimension of the first input), integers of the layer's config by
their key, whole numbers and `None`, with `+`, `-`, `*` and `//` between them. A list of shapes is for a layer with
several outputs. The text is parsed, never executed.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import cache

from lstmlint.inference.layers.call import Call, LayerType, Signature, Undetermined
from lstmlint.ir.shape import Dim, Dims, Structure, Unknown, combine, first

SAME_SHAPE = "same-shape"

OPERATORS: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}

#: Names of the dimensions of the first input.
AXES: Mapping[str, int] = {"batch": 0, "timesteps": 1, "features": -1}

UNKNOWN_WEIGHTS = Unknown("the settings state its shape, not its weights")


def taught_layers(texts: Mapping[str, str | tuple[str, ...]]) -> dict[str, LayerType]:
    """The layer functions of the classes that the settings teach.

    Raises:
        ValueError: a text is no shape in the notation of this module.
    """
    return {name: _layer(name, text) for name, text in texts.items()}


@cache
def _layer(class_name: str, text: str | tuple[str, ...]) -> LayerType:
    shapes = [_parsed(item) for item in ((text,) if isinstance(text, str) else text)]

    def taught(call: Call) -> Signature:
        outputs: list[Structure] = [_shape(call, shape) for shape in shapes]
        return Signature(outputs[0] if isinstance(text, str) else outputs, UNKNOWN_WEIGHTS)

    return LayerType((class_name,), taught, has_weights=True)


def _parsed(text: str) -> tuple[ast.expr, ...] | None:
    """The dimensions of a shape; `None` for the shape of the input."""
    if text == SAME_SHAPE:
        return None
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        body = None
    if not isinstance(body, ast.Tuple) or not all(map(_is_dimension, body.elts)):
        raise ValueError(f"{text!r} is no shape; write {SAME_SHAPE!r} or one like '(batch, timesteps, units)'")
    return tuple(body.elts)


def _is_dimension(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return type(node.op) in OPERATORS and _is_dimension(node.left) and _is_dimension(node.right)
    return isinstance(node, ast.Name) or (isinstance(node, ast.Constant) and type(node.value) in (int, type(None)))


def _shape(call: Call, shape: tuple[ast.expr, ...] | None) -> Structure:
    if shape is None:
        return call.inputs
    return tuple(_dimension(call, node) for node in shape)


def _dimension(call: Call, node: ast.expr) -> Dim:
    if isinstance(node, ast.BinOp):
        apply = OPERATORS[type(node.op)]
        try:
            return combine(apply, _dimension(call, node.left), _dimension(call, node.right))
        except ZeroDivisionError:
            raise Undetermined("its taught shape divides by zero") from None
    if isinstance(node, ast.Name):
        return _named(call, node.id)
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int) else None


def _named(call: Call, name: str) -> Dim:
    if name not in AXES:
        return call.integer(name)
    shape: Dims | Unknown = first(call.inputs)
    if isinstance(shape, Unknown):
        return shape
    if len(shape) <= max(AXES[name], 0):
        raise Undetermined(f"its taught shape names {name}, which its input of rank {len(shape)} does not have")
    return shape[AXES[name]]
