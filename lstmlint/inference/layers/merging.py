"""Layers that merge several tensors into one.

The result of an open dimension and a known one depends on the writer of the file: `Semantics.merge_prefers_known`.
"""

from __future__ import annotations

from functools import reduce

from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dim, Dims, Incompatible, Shape, Unknown, combine, is_dims, unify
from lstmlint.ir.work import Work, multiplied

#: Merges of exactly two tensors.
BINARY = frozenset({"Subtract", "Dot"})


@layer("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", weights=False)
def elementwise(call: Call) -> Signature:
    """Batch sizes must agree; the other dimensions are aligned at the end and broadcast.

    Raises:
        Incompatible: the shapes do not broadcast.
    """
    shapes = [_ranked(shape) for shape in _operands(call)]
    batch = reduce(_matched, (shape[0] for shape in shapes if shape), None)
    prefers_known = call.semantics.merge_prefers_known
    merged = reduce(lambda left, right: _broadcast(left, right, prefers_known), (shape[1:] for shape in shapes))
    return Signature((batch, *merged))


@layer("Concatenate", weights=False)
def concatenate(call: Call) -> Signature:
    """The dimensions along `axis` add up; Keras 3 takes the others from the first tensor.

    Raises:
        Incompatible: the tensors differ in rank or in another dimension.
    """
    shapes = _equally_ranked(_operands(call))
    axis = call.axis(call.config.get("axis"), len(shapes[0]))
    columns = list(zip(*shapes, strict=True))
    agreed = [dims[0] if at == axis else reduce(_matched, dims) for at, dims in enumerate(columns)]
    outputs = agreed if call.semantics.merge_prefers_known else list(shapes[0])
    outputs[axis] = reduce(_plus, columns[axis])
    return Signature(tuple(outputs))


@layer("Dot", weights=False)
def dot(call: Call) -> Signature:
    """Both tensors lose the contracted axis, the second its batch too; two vectors give one number.

    Raises:
        Incompatible: the contracted dimensions differ; for Keras, an open dimension differs from a known one.
    """
    left, right = (_ranked(shape) for shape in _operands(call))
    left_axis, right_axis = _contracted_axes(call, len(left), len(right))
    sizes = left[left_axis], right[right_axis]
    if sizes[0] != sizes[1] and not any(isinstance(size, Unknown) for size in sizes):
        raise Incompatible(f"expects to contract equal dimensions and gets {sizes[0]} and {sizes[1]}")
    batch = _matched(left[0], right[0])
    kept_left = tuple(dim for at, dim in enumerate(left) if at not in (0, left_axis))
    kept_right = tuple(dim for at, dim in enumerate(right) if at not in (0, right_axis))
    first = batch if call.semantics.merge_prefers_known else left[0]
    work = Work((multiplied((sizes[0], *kept_left, *kept_right)),))
    return Signature((first, *(kept_left + kept_right or (1,))), (), work)


def _operands(call: Call) -> list[Shape]:
    """The shapes of the tensors that are merged.

    Raises:
        Incompatible: there is one tensor instead of a list, or another number than the two that are needed.
    """
    if is_dims(call.inputs):
        raise Incompatible("expects a list of tensors and gets one tensor")
    shapes = call.tensors()
    if not shapes or (call.class_name in BINARY and len(shapes) != 2):
        expected = "2 tensors" if call.class_name in BINARY else "at least one tensor"
        raise Incompatible(f"expects {expected} and gets {len(shapes)}")
    return shapes


def _ranked(shape: Shape) -> Dims:
    if isinstance(shape, Unknown):
        raise Undetermined(shape.reason)
    return shape


def _equally_ranked(shapes: list[Shape]) -> list[Dims]:
    """Shapes of one rank; an unknown shape gets this rank and unknown dimensions.

    Raises:
        Incompatible: two known ranks differ.
        Undetermined: no rank is known.
    """
    known = [shape for shape in shapes if not isinstance(shape, Unknown)]
    ranks = sorted({len(shape) for shape in known})
    if len(ranks) > 1:
        raise Incompatible(f"expects inputs of one rank and gets ranks {', '.join(map(str, ranks))}")
    rank = ranks[0] if ranks else len(_ranked(shapes[0]))
    return [(shape,) * rank if isinstance(shape, Unknown) else shape for shape in shapes]


def _matched(left: Dim, right: Dim) -> Dim:
    try:
        return unify(left, right)
    except Incompatible:
        raise Incompatible(f"expects dimensions that match and gets {left} and {right}") from None


def _plus(left: Dim, right: Dim) -> Dim:
    return combine(int.__add__, left, right)


def _broadcast(left: Dims, right: Dims, prefers_known: bool) -> Dims:
    """The broadcast of two shapes without batch dimensions, aligned at the end."""
    if len(left) < len(right):
        left, right = right, left
    lonely = left[: len(left) - len(right)]
    aligned = zip(left[len(lonely) :], right, strict=True)
    return (*lonely, *(_broadcast_dim(one, other, prefers_known) for one, other in aligned))


def _broadcast_dim(left: Dim, right: Dim, prefers_known: bool) -> Dim:
    if left == 1:
        return right
    if right == 1:
        return left
    if prefers_known:
        return _matched(left, right)
    if left is None or right is None:
        return None
    _matched(left, right)
    return left if isinstance(left, Unknown) else right


def _contracted_axes(call: Call, left_rank: int, right_rank: int) -> tuple[int, int]:
    """The axes of the config counted from the front: one for both tensors, or a list of two.

    Raises:
        Incompatible: the batch axis is among them.
    """
    axes = call.config.get("axes")
    left, right = axes if isinstance(axes, list) and len(axes) == 2 else (axes, axes)
    pair = call.axis(left, left_rank), call.axis(right, right_rank)
    if 0 in pair:
        raise Incompatible("cannot contract the batch axis")
    return pair


@layer("CustomScaleLayer", weights=False)
def custom_scale(call: Call) -> Signature:
    """The first tensor plus the scaled second one, in the InceptionResNetV2 of `keras.applications` (Keras 3)."""
    return Signature(_ranked(_operands(call)[0]))
