"""Layers that pad, crop and repeat spatial dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Call, Signature, layer
from lstmlint.ir.shape import Dim, Dims, combine
from lstmlint.keras.classes import dimensions_of


@layer("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", weights=False)
def zero_padding(call: Call) -> Signature:
    """Each spatial dimension grows by the padding before and after it."""
    return _resized(call, int.__add__, _sums(call, "padding"))


@layer("Cropping1D", "Cropping2D", "Cropping3D", weights=False)
def cropping(call: Call) -> Signature:
    """Each spatial dimension shrinks by the cropping before and after it, perhaps to zero or less.

    In three dimensions, tf.keras gives length 0 where more is cut than the length.
    """
    stops_at_nothing = call.semantics.outputs_are_traced and call.class_name == "Cropping3D"
    return _resized(call, _cut_to_nothing if stops_at_nothing else int.__sub__, _sums(call, "cropping"))


def _cut_to_nothing(length: int, cut: int) -> int:
    return max(0, length - cut)


@layer("UpSampling1D", "UpSampling2D", "UpSampling3D", weights=False)
def up_sampling(call: Call) -> Signature:
    """Each spatial dimension is repeated."""
    batch, lengths, channels = _input(call)
    repeated = _changed(lengths, int.__mul__, call.integers("size", dimensions_of(call.class_name)))
    made = spatial.beside_open(call, lengths, repeated)
    return Signature(spatial.joined(batch, made, channels, call.channels_first))


def _sums(call: Call, key: str) -> list[int]:
    return [sum(pair) for pair in spatial.pairs(call, key, dimensions_of(call.class_name))]


def _input(call: Call) -> tuple[Dim, Dims, Dim]:
    return spatial.split(call.dims(dimensions_of(call.class_name) + 2), call.channels_first)


def _resized(call: Call, function: Callable[[int, int], int], amounts: Sequence[int]) -> Signature:
    batch, lengths, channels = _input(call)
    resized = _changed(lengths, function, amounts)
    return Signature(spatial.joined(batch, resized, channels, call.channels_first))


def _changed(lengths: Dims, function: Callable[[int, int], int], amounts: Sequence[int]) -> Dims:
    return tuple(combine(function, length, amount) for length, amount in zip(lengths, amounts, strict=True))
