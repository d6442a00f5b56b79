"""Rules for operations that keep the shape of an operand, broadcast their operands, or reduce axes."""

from __future__ import annotations

from typing import Any

from lstmlint.inference.layers.call import Undetermined
from lstmlint.inference.layers.operations_operands import Operation, broadcast, shape_of
from lstmlint.ir.shape import Dims, Structure, product


def unchanged(op: Operation) -> Structure:
    """The shape of the first operand."""
    return op.first


def like_second(op: Operation) -> Structure:
    """The shape of the second operand."""
    return op.second


def broadcasted(op: Operation) -> Structure:
    """The shape to which all operands broadcast."""
    return broadcast(shape_of(operand) for operand in op.operands)


def broadcasted_pair(op: Operation) -> Structure:
    """The shape to which the first two operands broadcast."""
    return broadcast((op.first, op.second))


def scalar(op: Operation) -> Structure:
    """A single number."""
    return ()


def filled(op: Operation) -> Structure:
    """The shape that the config states."""
    return tuple(op.integers("shape"))


def reduced(op: Operation) -> Structure:
    """The shape without the reduced axes, or with 1 for each under `keepdims`; all axes where `axis` is missing."""
    return _reduced(op, "axis")


def moments(op: Operation) -> Structure:
    """The shapes of mean and variance over axes."""
    outputs = _reduced(op, "axes")
    return [outputs, outputs]


def _reduced(op: Operation, name: str) -> Dims:
    shape = op.first
    axes = op.axes(len(shape), name)
    if op.flag("keepdims"):
        return tuple(1 if axis in axes else dim for axis, dim in enumerate(shape))
    return tuple(dim for axis, dim in enumerate(shape) if axis not in axes)


def percentile(op: Operation) -> Structure:
    """The reduced shape, behind a new axis where there are several percentiles."""
    return (*_asked(op.values.get("q"), 1), *_reduced(op, "axis"))


def quantile(op: Operation) -> Structure:
    """As `percentile`, but a list of one quantile counts as a number."""
    return (*_asked(op.values.get("q"), 2), *_reduced(op, "axis"))


def _asked(q: Any, least: int) -> Dims:
    if isinstance(q, list):
        return (len(q),) if len(q) >= least else ()
    return shape_of(q)[:1]


def flat_without_axis(op: Operation) -> Structure:
    """The shape of the operand where an axis is given, otherwise all its values in a row."""
    shape = op.first
    if op.values.get("axis") is None:
        return (product(shape),)
    op.axis(len(shape))
    return shape


def flat_or_unchanged(op: Operation) -> Structure:
    """As `flat_without_axis`, but Keras does not check that the axis exists."""
    return (product(op.first),) if op.values.get("axis") is None else op.first


def flat(op: Operation) -> Structure:
    """All values in a row."""
    return (product(op.first),)


def one_for_each_row(op: Operation) -> Structure:
    """The operand without its last axis."""
    return op.first[:-1]


def halved_along_axis(op: Operation) -> Structure:
    """The shape with one axis at half its length."""
    shape = op.first
    axis = op.axis(len(shape))
    length = shape[axis]
    return (*shape[:axis], length // 2 if isinstance(length, int) else length, *shape[axis + 1 :])


def crossentropy_of_classes(op: Operation) -> Structure:
    """The second operand without the axis of the classes."""
    shape = op.second
    axis = op.axis(len(shape))
    return (*shape[:axis], *shape[axis + 1 :])


def crossentropy(op: Operation) -> Structure:
    """The second operand without its last axis."""
    return op.second[:-1]


def rank_of(op: Operation) -> Structure:
    """A vector with one element for each axis of the operand."""
    return (len(op.first),)


def indices_of(op: Operation) -> Structure:
    """For each axis a vector, whose length depends on the values."""
    return [(None,)] * len(op.first)


def unknown_last(op: Operation) -> Structure:
    """The shape with an unknown last axis, which depends on the values."""
    return (*op.first[:-1], None)


def distinct(op: Operation) -> Structure:
    """The distinct values (and indices, inverse indices, counts); their number depends on the values, or is `size`."""
    shape, size = op.first, op.values.get("size")
    values: Dims = (size,)
    inverse: Dims = shape
    if op.values.get("axis") is not None:
        axis = op.axis(len(shape))
        values = (*shape[:axis], size, *shape[axis + 1 :])
        inverse = (shape[axis],)
    extra = {"return_index": (size,), "return_inverse": inverse, "return_counts": (size,)}
    outputs: list[Structure] = [values, *(made for name, made in extra.items() if op.flag(name))]
    return outputs if len(outputs) > 1 else values


def histogram(op: Operation) -> Structure:
    """The counts, and the edges, which are one more."""
    bins = op.integer("bins")
    return [(bins,), (bins + 1,)]


def depends_on_values(op: Operation) -> Structure:
    """The shape depends on values.

    Raises:
        Undetermined: always.
    """
    raise Undetermined("its shape depends on values")
