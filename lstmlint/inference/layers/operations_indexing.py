"""Rules for operations that index a tensor: numbers, slices, new axes and an ellipsis, as Keras writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.inference.layers.call import Undetermined
from lstmlint.inference.layers.operations_operands import Operation
from lstmlint.ir.shape import Dim, Incompatible, Structure, Unknown, is_dims

#: Keras' text for `...` in the index of a tensor.
ELLIPSIS = "__ellipsis__"

DYNAMIC = Unknown("the bounds of a slice depend on values")


def item(op: Operation) -> Structure:
    """The shape of `x[key]`.

    Raises:
        Incompatible: there are more indices than axes, or one is outside its axis.
    """
    shape = op.first
    key = op.values.get("key")
    indices = list(key) if isinstance(key, list) else [key]
    if not any(_is_ellipsis(index) for index in indices):
        indices.append({"class_name": ELLIPSIS})
    consuming = sum(index is not None and not _is_ellipsis(index) for index in indices)
    if consuming > len(shape):
        raise Incompatible(f"has {consuming} indices for a tensor of rank {len(shape)}")
    outputs: list[Dim] = []
    at = 0
    for index in indices:
        if index is None:
            outputs.append(1)
        elif _is_ellipsis(index):
            skipped = len(shape) - consuming
            outputs += shape[at : at + skipped]
            at += skipped
        else:
            outputs += _indexed(shape[at], index)
            at += 1
    return tuple(outputs)


def _is_ellipsis(index: Any) -> bool:
    return isinstance(index, Mapping) and index.get("class_name") == ELLIPSIS


def _indexed(length: Dim, index: Any) -> list[Dim]:
    """The dimensions that remain of an axis: none for a number, the length of the slice for a slice."""
    if isinstance(index, bool):
        raise Undetermined("one of its indices is a boolean")
    if isinstance(index, int):
        if isinstance(length, int) and not -length <= index < length:
            raise Incompatible(f"takes element {index} of {length}")
        return []
    if is_dims(index) and not index:
        return []
    if isinstance(index, Mapping):
        config = index.get("config", index)
        if isinstance(config, Mapping):
            return [sliced(length, *(config.get(name) for name in ("start", "stop", "step")))]
    raise Undetermined("one of its indices is neither a number nor a slice")


def sliced(length: Dim, start: Any, stop: Any, step: Any) -> Dim:
    """The length of `x[start:stop:step]`; an open length stays open."""
    bounds = (start, stop, step)
    if bounds == (None, None, None):
        return length
    if not all(bound is None or isinstance(bound, int) for bound in bounds) or step == 0:
        return DYNAMIC
    return len(range(length)[slice(*bounds)]) if isinstance(length, int) else length


def part(op: Operation) -> Structure:
    """The number of elements of each axis that the config states, or all after the start where it states -1.

    Raises:
        Incompatible: the config does not state one size for each axis.
    """
    shape, sizes = op.first, op.integers("shape")
    starts = op.values.get("start_indices")
    if len(sizes) != len(shape):
        raise Incompatible(f"expects {len(shape)} sizes and has {len(sizes)}")
    starts = starts if isinstance(starts, list) and len(starts) == len(sizes) else [None] * len(sizes)
    return tuple(_part(*axis) for axis in zip(shape, sizes, starts, strict=True))


def _part(length: Dim, size: int, start: Any) -> Dim:
    if size != -1:
        return size
    if not isinstance(start, int):
        return None
    return length - start if isinstance(length, int) else length
