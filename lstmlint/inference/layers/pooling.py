"""Pooling: a window, or every spatial dimension as a whole, becomes one element."""

from __future__ import annotations

from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Call, Signature, layer
from lstmlint.ir.shape import Dim, Dims
from lstmlint.keras.classes import dimensions_of


@layer(
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
    weights=False,
)  # fmt: skip
def pooling(call: Call) -> Signature:
    """A window slides over the spatial dimensions; strides default to its size."""
    rank = dimensions_of(call.class_name)
    sizes = call.integers("pool_size", rank)
    strides = sizes if call.config.get("strides") is None else call.integers("strides", rank)
    padding = call.text("padding").lower()
    batch, lengths, channels = _split(call)
    windows = zip(lengths, sizes, strides, strict=True)
    pooled = tuple(spatial.window_length(length, size, stride, padding) for length, size, stride in windows)
    return Signature(spatial.joined(batch, pooled, channels, call.channels_first))


@layer(
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    weights=False,
)  # fmt: skip
def global_pooling(call: Call) -> Signature:
    """Spatial dimensions are dropped, or 1 with `keepdims`."""
    batch, lengths, channels = _split(call)
    kept = (1,) * len(lengths) if call.flag("keepdims") else ()
    return Signature(spatial.joined(batch, kept, channels, call.channels_first))


@layer(
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
    weights=False,
)  # fmt: skip
def adaptive_pooling(call: Call) -> Signature:
    """Spatial dimensions become those of `output_size`."""
    batch, _, channels = _split(call)
    sizes = call.integers("output_size", dimensions_of(call.class_name))
    return Signature(spatial.joined(batch, sizes, channels, call.channels_first))


def _split(call: Call) -> tuple[Dim, Dims, Dim]:
    return spatial.split(call.dims(dimensions_of(call.class_name) + 2), call.channels_first)
