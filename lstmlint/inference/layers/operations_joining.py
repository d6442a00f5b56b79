"""Rules for operations on several tensors: joining them along an axis, and products."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from lstmlint.inference.layers.call import Undetermined
from lstmlint.inference.layers.operations_operands import Operation, agreed, broadcast, canonical_axis, shape_of
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, Unknown, combine, product

#: Sign for any number of axes in the subscripts of `einsum`.
WILDCARD = "..."

LABELS = lazy_pattern(r"\.\.\.|[A-Za-z]")


def concatenated(op: Operation) -> Structure:
    """The shape with the lengths along an axis added up."""
    shapes = op.tensors()
    return joined(shapes, op.axis(len(shapes[0])), op.prefers_known)


def joined_along(axis: int, widened: Callable[[Dims], Dims] = lambda shape: shape) -> Callable[[Operation], Structure]:
    """The rule for joining along a fixed axis, after each shape is widened."""

    def rule(op: Operation) -> Structure:
        shapes = [widened(shape) for shape in op.tensors()]
        return joined(shapes, canonical_axis(axis, len(shapes[0])), op.prefers_known)

    return rule


def of_rank_3(shape: Dims) -> Dims:
    """A shape of rank 3 or more, with a new last axis and then a new first axis where they are needed."""
    widened = {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}
    return widened.get(len(shape), shape)


def appended(op: Operation) -> Structure:
    """The second tensor behind the first along an axis; all values of both in a row where no axis is given."""
    shapes = [op.first, op.second]
    if op.values.get("axis") is None:
        return (_plus(product(op.first), product(op.second)),)
    return joined(shapes, op.axis(len(op.first)), op.prefers_known)


def stacked(op: Operation) -> Structure:
    """The shape with a new axis for the tensors."""
    shapes = op.tensors()
    shape = joined(shapes, None, op.prefers_known)
    axis = op.axis(len(shape) + 1, default=0)
    return (*shape[:axis], len(shapes), *shape[axis:])


def joined(shapes: list[Dims], axis: int | None, prefers_known: bool) -> Dims:
    """Shapes joined along an axis, where lengths add up; all other dimensions must agree.

    Keras 3 takes the other dimensions from the first tensor; TensorFlow takes known ones from any tensor.

    Raises:
        Incompatible: ranks or dimensions differ.
    """
    ranks = sorted({len(shape) for shape in shapes})
    if len(ranks) > 1:
        raise Incompatible(f"expects tensors of one rank and gets ranks {', '.join(map(str, ranks))}")
    columns = list(zip(*shapes, strict=True))
    best = [reduce(_plus if at == axis else agreed, dims) for at, dims in enumerate(columns)]
    if prefers_known:
        return tuple(best)
    return tuple(best[at] if at == axis else dims[0] for at, dims in enumerate(columns))


def added(op: Operation) -> Structure:
    """The common shape of all tensors of a list."""
    return reduce(lambda left, right: joined([left, right], None, prefers_known=True), op.tensors())


def spaced(op: Operation) -> Structure:
    """The broadcast shape of start and stop, with a new axis for the numbers between them.

    Raises:
        Undetermined: the step is asked for as well, which Keras does not state as a tensor.
    """
    if op.flag("retstep"):
        raise Undetermined("it returns a step, too")
    ends = broadcast((op.first, op.second))
    axis = op.axis(len(ends) + 1, default=0)
    return (*ends[:axis], op.integer("num"), *ends[axis:])


def meshes(op: Operation) -> Structure:
    """One grid over all operands for each operand; `xy` exchanges the first two axes."""
    sizes = [product(shape_of(operand)) for operand in op.operands]
    if op.values.get("indexing") != "ij" and len(sizes) > 1:
        sizes[:2] = sizes[1::-1]
    return [tuple(sizes)] * len(sizes)


def matrix_product(op: Operation) -> Structure:
    """The rows of the first operand by the columns of the second; the axes before them broadcast.

    Raises:
        Incompatible: columns of the first and rows of the second differ.
    """
    left, right = op.first, op.second
    if not left or not right:
        raise Incompatible("expects tensors of rank 1 or more and gets a number")
    if op.flag("transpose_a"):
        left = (*left[:-2], left[-1], left[-2])
    if op.flag("transpose_b"):
        right = (*right[:-2], right[-1], right[-2])
    agreed(left[-1], right[-2] if len(right) > 1 else right[0])
    rows = left[-2:-1]
    columns = right[-1:] if len(right) > 1 else ()
    return (*broadcast((left[:-2], right[:-2])), *rows, *columns)


def dot(op: Operation) -> Structure:
    """The product over the last axis of the first operand and the last but one of the second; a number only scales."""
    left, right = op.first, op.second
    if not left or not right:
        return broadcast((left, right))
    agreed(left[-1], right[-2] if len(right) > 1 else right[0])
    return (*left[:-1], *right[:-2], *(right[-1:] if len(right) > 1 else ()))


def inner(op: Operation) -> Structure:
    """The product over the last axes of both operands; a number only scales."""
    left, right = op.first, op.second
    if not left or not right:
        return broadcast((left, right))
    agreed(left[-1], right[-1])
    return (*left[:-1], *right[:-1])


def outer(op: Operation) -> Structure:
    """All values of the first times all of the second."""
    return (product(op.first), product(op.second))


def tensordot(op: Operation) -> Structure:
    """The axes of both operands that are not contracted.

    Named axes are contracted, or a number of axes at the end of the first operand and at the beginning of the second.
    Keras compares the lengths of named axes only.
    """
    left, right = op.first, op.second
    lefts, rights = contracted_axes(op)
    kept = [dim for axis, dim in enumerate(left) if axis not in lefts]
    return (*kept, *(dim for axis, dim in enumerate(right) if axis not in rights))


def contracted_axes(op: Operation) -> tuple[list[int], list[int]]:
    """The axes of both operands that a `tensordot` contracts.

    Raises:
        Incompatible: they are missing, or differ in their lengths.
        Undetermined: they depend on values.
    """
    left, right = op.first, op.second
    axes = op.value("axes", 2)
    is_checked = op.prefers_known or not isinstance(axes, int)
    if isinstance(axes, int):
        count = max(axes, 0)
        if count > min(len(left), len(right)):
            raise Incompatible(f"contracts {count} axes of tensors of rank {len(left)} and {len(right)}")
        axes = [list(range(len(left) - count, len(left))), list(range(count))]
    if not isinstance(axes, list) or len(axes) != 2:
        raise Undetermined("which axes it contracts depends on values")
    lefts, rights = (_axes(given, len(shape)) for given, shape in zip(axes, (left, right), strict=True))
    for one, other in zip(lefts, rights, strict=False):
        if is_checked:
            agreed(left[one], right[other])
    return lefts, rights


def _axes(given: Any, rank: int) -> list[int]:
    axes: list[Any] = given if isinstance(given, list) else [given]
    if not all(isinstance(axis, int) for axis in axes):
        raise Undetermined("which axes it contracts depends on values")
    return [canonical_axis(axis, rank) for axis in axes]


def kronecker(op: Operation) -> Structure:
    """The products of the dimensions, for the axes that both operands have."""
    return tuple(combine(int.__mul__, *pair) for pair in zip(op.first, op.second, strict=False))


def distances(op: Operation) -> Structure:
    """The rows of the first operand by the rows of the second; the axes before them broadcast."""
    left, right = op.first, op.second
    if len(left) < 2 or len(right) < 2:
        raise Incompatible("expects tensors of rank 2 or more")
    agreed(left[-1], right[-1])
    return (*broadcast((left[:-2], right[:-2])), left[-2], right[-2])


def cross(op: Operation) -> Structure:
    """The product of vectors of 3 (or 2) elements along an axis; the axis disappears where both have 2."""
    left, right = list(op.first), list(op.second)
    names = ("axisa", "axisb", "axisc") if op.values.get("axis") is None else ("axis",) * 3
    sizes = left.pop(op.axis(len(left), names[0])), right.pop(op.axis(len(right), names[1]))
    if any(isinstance(size, Unknown) for size in sizes):
        raise Undetermined("the length of its vectors is not known")
    rest = broadcast((tuple(left), tuple(right)))
    vector = (3,) if 3 in sizes else ()
    axis = canonical_axis(op.integer(names[2]), len(rest) + len(vector)) if vector else 0
    return (*rest[:axis], *vector, *rest[axis:])


def einsum(op: Operation) -> Structure:
    """The axes behind the arrow, with the lengths that the tensors state; without an arrow, letters that occur once.

    Keras does not compare the lengths of contracted axes.
    """
    operands, labels = labelled(op)
    return tuple(dim for label in labels for dim in broadcast(dims.get(label, ()) for dims in operands))


def labelled(op: Operation) -> tuple[list[dict[str, Dims]], list[str]]:
    """The dimensions of each operand of an `einsum` by letter, and the letters of its output.

    Raises:
        Incompatible: a tensor does not have the rank of its letters.
        Undetermined: the file does not record the subscripts, or a tensor for each.
    """
    subscripts = op.value("subscripts")
    if not isinstance(subscripts, str):
        raise Undetermined("the file does not record its subscripts")
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    specs = inputs.split(",")
    if len(specs) != len(op.operands):
        raise Undetermined("the file does not record all of its operands")
    operands = [_labelled(spec, shape_of(operand)) for spec, operand in zip(specs, op.operands, strict=True)]
    alone = sorted(letter for letter in set(inputs) if letter.isalpha() and inputs.count(letter) == 1)
    return operands, LABELS.findall(output) if arrow else [WILDCARD, *alone]


def _labelled(spec: str, shape: Dims) -> dict[str, Dims]:
    """The dimensions of a tensor by letter; the ellipsis has several."""
    head, wildcard, tail = spec.partition(WILDCARD)
    letters = head + tail
    if len(letters) > len(shape) or (not wildcard and len(letters) != len(shape)):
        raise Incompatible(f"has subscripts {spec} for a tensor of rank {len(shape)}")
    middle = len(shape) - len(tail)
    dims = (*shape[: len(head)], *shape[middle:])
    return {WILDCARD: shape[len(head) : middle], **{letter: (dim,) for letter, dim in zip(letters, dims, strict=True)}}


def correlation(op: Operation) -> Structure:
    """The number of positions at which one vector meets the other, by mode."""
    (left,), (right,) = op.first, op.second
    lengths: dict[str, Callable[[int, int], int]] = {
        "valid": lambda one, other: abs(one - other) + 1,
        "same": max,
        "full": lambda one, other: one + other - 1,
    }
    mode = str(op.value("mode", "valid"))
    if mode not in lengths:
        raise Undetermined(f"its mode is {mode!r}")
    return (combine(lengths[mode], left, right),)


def _plus(left: Dim, right: Dim) -> Dim:
    return combine(int.__add__, left, right)
