"""Locally connected layers (Keras 1 and 2): convolutions that have a kernel of their own at every position."""

from __future__ import annotations

import math

from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dim, Dims, Incompatible, combine, product
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import Work, multiplied
from lstmlint.keras.classes import dimensions_of


@layer("LocallyConnected1D", "LocallyConnected2D")
def locally_connected(call: Call) -> Signature:
    """A kernel in one of three forms, and a bias `(*positions, filters)`.

    Raises:
        Incompatible: the lengths are open or too short, or the implementation does not know the padding.
    """
    rank = dimensions_of(call.class_name)
    is_first = call.channels_first and (rank > 1 or call.semantics.outputs_are_traced)
    batch, lengths, channels = spatial.split(call.dims(rank + 2), is_first)
    padding, filters = call.text("padding").lower(), call.integer("filters")
    if padding == "same" and call.integer("implementation") == 1:
        raise Incompatible("expects padding 'valid' and has 'same'")
    if None in lengths:
        raise Incompatible("expects known lengths and gets an open one")
    windows = list(zip(lengths, call.integers("kernel_size", rank), call.integers("strides", rank), strict=True))
    positions = tuple(spatial.window_length(length, size, stride, padding) for length, size, stride in windows)
    if any(isinstance(count, int) and count < 1 for count in positions):
        raise Incompatible(f"expects lengths of at least its kernel's and gets {list(lengths)}")
    kernel = Weight("kernel", _kernel(call, lengths, positions, channels, is_first=is_first))
    bias = [Weight("bias", (*positions, filters))] if call.flag("use_bias") else []
    outputs = spatial.joined(batch, positions, filters, is_first)
    return Signature(outputs, (kernel, *bias), Work((multiplied(kernel.shape),)))


def _kernel(call: Call, lengths: Dims, positions: Dims, channels: Dim, *, is_first: bool) -> Dims:
    """The kernel by implementation: a matrix at each position, one matrix for all, or only its elements in use."""
    filters, implementation = call.integer("filters"), call.integer("implementation")
    sizes = call.integers("kernel_size", len(lengths))
    if implementation == 1:
        size = math.prod(sizes)
        return (product(positions), combine(lambda known: known * size, channels), filters)
    if implementation == 2:
        given = spatial.joined(None, lengths, channels, is_first)[1:]
        return (*given, *spatial.joined(None, positions, filters, is_first)[1:])
    if implementation == 3:
        strides = call.integers("strides", len(lengths))
        axes = zip(lengths, positions, sizes, strides, strict=True)
        reached = (_connections(*axis, call.text("padding").lower()) for axis in axes)
        return (product((*reached, channels, filters)),)
    raise Undetermined(f"its implementation is {implementation}")


def _connections(length: Dim, positions: Dim, size: int, stride: int, padding: str) -> Dim:
    """The number of elements in all windows of an axis, without elements beyond its ends (`same`)."""

    def counted(elements: int, windows: int) -> int:
        before = size // 2
        after = (windows - 1) * stride + size - before - elements
        return windows * size - _over(before, windows, stride) - _over(after, windows, stride)

    if padding == "valid":
        return combine(lambda windows: windows * size, positions)
    return combine(counted, length, positions)


def _over(reach: int, windows: int, stride: int) -> int:
    """`reach + (reach - stride) + ...`: elements beyond one end, from the outermost window inwards."""
    count = min(windows, max(0, -(-reach // stride)))
    return count * reach - stride * count * (count - 1) // 2
