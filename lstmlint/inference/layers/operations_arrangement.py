"""Rules for operations that rearrange one tensor: reshape, transpose, pad, repeat, split, index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lstmlint.inference.layers.call import Undetermined
from lstmlint.inference.layers.operations_operands import Operation, ShapeFunction, broadcast, canonical_axis, shape_of
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, Unknown, combine, is_dims, product

#: Largest number of tensors from one operation; outputs of an operation that claims more are unknown.
MAX_OUTPUTS = 10_000

DYNAMIC = Unknown("it depends on values")


def reshaped(op: Operation) -> Structure:
    """The new shape; a `-1` takes the rest of the size, and stays open where any dimension is open.

    Raises:
        Incompatible: the number of values would change.
    """
    target = op.values.get("newshape")
    if not isinstance(target, list):
        raise Undetermined("its new shape depends on values")
    dims = [dim if isinstance(dim, int) or dim is None else DYNAMIC for dim in target]
    size = product(op.first)
    if None in dims or DYNAMIC in dims:
        rest: Dim = None if None in dims else DYNAMIC
    elif isinstance(size, int):
        rest = _rest([dim for dim in target if dim != -1], -1 in target, size)
    else:
        rest = size
    return tuple(rest if dim == -1 else dim for dim in dims)


def _rest(others: list[int], is_asked: bool, size: int) -> int:
    known = math.prod(others)
    if (known != size and not is_asked) or (is_asked and (not known or size % known)):
        raise Incompatible(f"cannot turn {size} values into {tuple(others)}")
    return size // known if is_asked else 0


def transposed(op: Operation) -> Structure:
    """The shape with its axes in another order, or reversed.

    Raises:
        Incompatible: the order does not name every axis once.
    """
    shape = op.first
    if op.values.get("axes") is None:
        return shape[::-1]
    axes = op.axes(len(shape), "axes")
    if sorted(axes) != list(range(len(shape))):
        raise Incompatible(f"expects an order of {len(shape)} axes and has {op.values['axes']}")
    return tuple(shape[axis] for axis in axes)


def swapped(op: Operation) -> Structure:
    """The shape with two axes exchanged."""
    shape = list(op.first)
    left, right = op.axis(len(shape), "axis1"), op.axis(len(shape), "axis2")
    shape[left], shape[right] = shape[right], shape[left]
    return tuple(shape)


def turned(op: Operation) -> Structure:
    """The shape with the two axes of a rotation exchanged, as Keras states for any number of turns."""
    shape = list(op.first)
    left, right = op.axes(len(shape), "axes")
    shape[left], shape[right] = shape[right], shape[left]
    return tuple(shape)


def moved(op: Operation) -> Structure:
    """The shape with some axes moved; the others keep their order."""
    shape = op.first
    sources, destinations = op.axes(len(shape), "source"), op.axes(len(shape), "destination")
    placed = dict(zip(destinations, sources, strict=False))
    others = iter([axis for axis in range(len(shape)) if axis not in sources])
    return tuple(shape[placed[at] if at in placed else next(others)] for at in range(len(shape)))


def expanded(op: Operation) -> Structure:
    """The shape with new axes of length 1."""
    shape = op.first
    if op.values.get("axis") is None:
        return (*shape, 1)
    axes = op.integers("axis")
    rank = len(shape) + len(axes)
    positions = [canonical_axis(axis, rank) for axis in axes]
    dims = iter(shape)
    return tuple(1 if at in positions else next(dims, 1) for at in range(rank))


def squeezed(op: Operation) -> Structure:
    """The shape without axes of length 1: all of them, or the axes that are named.

    Raises:
        Incompatible: a named axis is longer.
        Undetermined: an open dimension might be 1.
    """
    shape = op.first
    if op.values.get("axis") is None:
        unsure = next((dim for dim in shape if isinstance(dim, Unknown) or (dim is None and op.prefers_known)), 0)
        if unsure != 0:
            raise Undetermined("one of the axes that it might remove has no known length")
        return tuple(dim for dim in shape if dim != 1)
    axes = op.axes(len(shape))
    for axis in axes:
        length = shape[axis]
        if (isinstance(length, int) and length != 1) or (length is None and not op.prefers_known):
            raise Incompatible(f"expects length 1 at axis {axis} and gets {length}")
    return tuple(dim for axis, dim in enumerate(shape) if axis not in axes)


def tiled(op: Operation) -> Structure:
    """Each axis times its number of repeats; ones are put before the shorter of shape and numbers."""
    shape, repeats = op.first, op.integers("repeats")
    rank = max(len(shape), len(repeats))
    dims = (*(1,) * (rank - len(shape)), *shape)
    times = [*[1] * (rank - len(repeats)), *repeats]
    return tuple(_times(dim, count) for dim, count in zip(dims, times, strict=True))


def repeated(op: Operation) -> Structure:
    """The axis (or all values in a row) with each element repeated by its number.

    Raises:
        Incompatible: there is not one number for each element.
    """
    shape, repeats = op.first, op.integers("repeats")
    if op.values.get("axis") is None:
        return (_repeated(product(shape), repeats),)
    axis = op.axis(len(shape))
    return (*shape[:axis], _repeated(shape[axis], repeats), *shape[axis + 1 :])


def _repeated(length: Dim, repeats: list[int]) -> Dim:
    if len(repeats) == 1:
        return _times(length, repeats[0])
    if isinstance(length, int) and length != len(repeats):
        raise Incompatible(f"expects {length} numbers of repeats and has {len(repeats)}")
    return sum(repeats) if isinstance(length, int) else length


def _times(length: Dim, count: int) -> Dim:
    return combine(lambda known: known * count, length)


def padded(op: Operation) -> Structure:
    """The shape with each axis longer by the sum of its pair; a single pair is for all axes.

    Raises:
        Incompatible: there are not as many pairs as axes.
    """
    shape, pairs = op.first, _pairs(op.values.get("pad_width"))
    pairs = pairs * len(shape) if len(pairs) == 1 else pairs
    if len(pairs) != len(shape):
        raise Incompatible(f"expects {len(shape)} pairs of padding and has {len(pairs)}")
    return tuple(_plus_pair(dim, pair[0], pair[-1]) for dim, pair in zip(shape, pairs, strict=True))


def _pairs(value: Any) -> list[list[Any]]:
    """Pairs, or one number or pair for all axes; a pair of equal numbers may be a list of one."""
    if isinstance(value, int):
        return [[value]]
    if isinstance(value, list) and value and isinstance(value[0], int):
        return [value]
    if isinstance(value, list) and all(isinstance(pair, list) and pair for pair in value):
        return value
    raise Undetermined("its padding depends on values")


def _plus_pair(dim: Dim, before: Any, after: Any) -> Dim:
    if not isinstance(before, int) or not isinstance(after, int):
        return DYNAMIC
    return combine(lambda known: known + before + after, dim)


def broadcast_to(op: Operation) -> Structure:
    """The shape that the config states, to which the operand must broadcast."""
    shape = tuple(op.integers("shape"))
    broadcast((op.first, shape))
    return shape


def diagonal_matrix(op: Operation) -> Structure:
    """A square with all values on its diagonal."""
    size = combine(lambda known: known + abs(op.integer("k")), product(op.first))
    return (size, size)


def diagonal_or_matrix(op: Operation) -> Structure:
    """The matrix with a diagonal, or the diagonal of a matrix.

    Raises:
        Incompatible: the operand has another rank.
    """
    shape = op.first
    if len(shape) == 1:
        return diagonal_matrix(op)
    if len(shape) != 2:
        raise Incompatible(f"expects a tensor of rank 1 or 2 and gets one of rank {len(shape)}")
    return (_diagonal(shape[0], shape[1], op.integer("k")),)


def diagonal(op: Operation) -> Structure:
    """The diagonal of two axes, behind the other axes."""
    rest, (rows, columns) = _plane(op)
    return (*rest, _diagonal(rows, columns, op.integer("offset")))


def trace(op: Operation) -> Structure:
    """The shape without the two axes of the diagonal."""
    return _plane(op)[0]


def _plane(op: Operation) -> tuple[Dims, Dims]:
    shape = op.first
    axes = op.axis(len(shape), "axis1"), op.axis(len(shape), "axis2")
    return tuple(dim for axis, dim in enumerate(shape) if axis not in axes), (shape[axes[0]], shape[axes[1]])


def _diagonal(rows: Dim, columns: Dim, offset: int) -> Dim:
    """The number of values on a diagonal that is shifted to the right (or down, for a negative offset)."""

    def length(high: int, wide: int) -> int:
        return max(0, min(high, wide, wide - offset if offset > 0 else high + offset))

    return combine(length, rows, columns)


def differences(op: Operation) -> Structure:
    """The shape with an axis shorter by `n`."""
    shape = list(op.first)
    axis, times = op.axis(len(shape)), op.integer("n")
    shape[axis] = combine(lambda known: max(known - times, 0), shape[axis])
    return tuple(shape)


def powers(op: Operation) -> Structure:
    """The shape with a new last axis of `N` powers, by default as many as values."""
    shape = op.first
    return (*shape, op.value("N", shape[0]))


def without_axis(op: Operation) -> Structure:
    """The shape without one axis."""
    shape = op.first
    axis = op.axis(len(shape))
    return (*shape[:axis], *shape[axis + 1 :])


def unstacked(op: Operation) -> Structure:
    """As many tensors without the axis as the axis is long.

    Raises:
        Undetermined: the length is not known.
    """
    shape = op.first
    axis = op.axis(len(shape), default=0)
    return [(*shape[:axis], *shape[axis + 1 :])] * _count(op.value("num", shape[axis]))


def _count(value: object) -> int:
    """The number of tensors that an operation makes; a file can claim more than a machine can hold."""
    if isinstance(value, int) and 0 <= value <= MAX_OUTPUTS:
        return value
    raise Undetermined("the number of tensors that it makes is unknown")


def split_at(axis: int) -> ShapeFunction:
    """The rule for splitting along a fixed axis (a vector has only its first)."""
    return lambda op: _split(op.first, op.values.get("indices_or_sections"), min(axis, len(op.first) - 1))


def split(op: Operation) -> Structure:
    """Parts of one axis: a number of equal parts, or one part up to each index and one for the rest."""
    return _split(op.first, op.values.get("indices_or_sections"), op.axis(len(op.first)))


def _split(shape: Dims, parts: Any, axis: int) -> Structure:
    length = shape[axis]
    lengths: Sequence[Dim]
    if isinstance(parts, int) and parts > 0:
        if isinstance(length, int) and length % parts:
            raise Incompatible(f"cannot split a length of {length} into {parts} equal parts")
        lengths = [combine(lambda known: known // parts, length)] * _count(parts)
    elif isinstance(parts, list) and all(isinstance(part, int) for part in parts):
        ends = [*parts, length]
        lengths = [_between(start, end) for start, end in zip([0, *parts], ends, strict=True)]
    else:
        raise Undetermined("how it splits depends on values")
    return [(*shape[:axis], part, *shape[axis + 1 :]) for part in lengths]


def _between(start: int, end: Dim) -> Dim:
    return combine(lambda known: known - start, end)


def split_unevenly(op: Operation) -> Structure:
    """A number of parts of one axis; the first parts are longer by one where the number does not divide the length."""
    shape, parts = op.first, _count(op.values.get("indices_or_sections"))
    axis = op.axis(len(shape))
    return [(*shape[:axis], _part(shape[axis], parts, index), *shape[axis + 1 :]) for index in range(parts)]


def _part(length: Dim, parts: int, index: int) -> Dim:
    return combine(lambda known: known // parts + (index < known % parts), length)


def one_hot(op: Operation) -> Structure:
    """The shape with a new axis of the classes."""
    shape, classes = op.first, op.integer("num_classes")
    axis = op.axis(len(shape) + 1, default=-1)
    return (*shape[:axis], classes, *shape[axis:])


def multi_hot(op: Operation) -> Structure:
    """The shape with the classes in place of the last axis."""
    made = one_hot(op)
    if not is_dims(made):
        return made
    return made[-1:] if len(made) == 2 else (made[0], *made[2:])


def top_of_last(op: Operation) -> Structure:
    """The largest values of the last axis, and their indices."""
    made = (*op.first[:-1], op.integer("k", 1))
    return [made, made]


def taken(op: Operation) -> Structure:
    """The shape of the indices in place of an axis; the shape of the indices alone where no axis is given."""
    shape, indices = op.first, shape_of(op.values.get("indices"))
    if op.values.get("axis") is None:
        return indices
    axis = op.axis(len(shape))
    return (*shape[:axis], *indices, *shape[axis + 1 :])


def taken_along(op: Operation) -> Structure:
    """The shape with the length of the indices at an axis; the other dimensions broadcast.

    Raises:
        Incompatible: the ranks differ.
    """
    shape, indices = op.first, shape_of(op.values.get("indices"))
    if op.values.get("axis") is None:
        shape, axis = (product(shape),), 0
    else:
        axis = op.axis(len(shape))
    if len(shape) != len(indices):
        raise Incompatible(f"expects indices of rank {len(shape)} and gets them of rank {len(indices)}")
    return broadcast(((*shape[:axis], indices[axis], *shape[axis + 1 :]), indices))


def as_real(op: Operation) -> Structure:
    """The shape with a new last axis for the real and imaginary parts."""
    return (*op.first, 2)
