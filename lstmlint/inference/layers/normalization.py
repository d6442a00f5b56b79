"""Normalizations: the shape stays, and a scale and an offset are learned for some axes."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dims, Incompatible
from lstmlint.ir.weight import Weight

#: Statistics of batch normalization, and the further ones of batch renormalization.
STATISTICS = ("moving_mean", "moving_variance")
RENORM_STATISTICS = ("moving_stddev", "renorm_mean", "renorm_stddev")


@layer("BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization")
def batch_normalization(call: Call) -> Signature:
    """Weights `(channels,)`; with several axes, weights of the input's rank with 1 elsewhere (tf.keras)."""
    shape = call.shape()
    axes = _axes(call, len(shape))
    over = _at(shape, axes) if len(axes) == 1 else tuple(dim if at in axes else 1 for at, dim in enumerate(shape))
    statistics = STATISTICS + (RENORM_STATISTICS if call.flag("renorm") else ())
    moving = (Weight(name, over, trainable=False) for name in statistics)
    return Signature(shape, (*_scale_and_offset(call, over), *moving))


@layer("LayerNormalization")
def layer_normalization(call: Call) -> Signature:
    """Weights with the lengths of the normalized axes, in the order of the config (which Keras sorts)."""
    shape = call.shape()
    over = _at(shape, _axes(call, len(shape)))
    if call.flag("rms_scaling"):
        return Signature(shape, (Weight("gamma", over),))
    return Signature(shape, tuple(_scale_and_offset(call, over)))


@layer("RMSNormalization")
def rms_normalization(call: Call) -> Signature:
    """A scale, and no offset."""
    shape = call.shape()
    return Signature(shape, (Weight("scale", _at(shape, _axes(call, len(shape)))),))


@layer("GroupNormalization")
def group_normalization(call: Call) -> Signature:
    """Weights for each channel; `-1` groups means one group for each channel.

    Raises:
        Incompatible: the groups do not divide the channels.
    """
    shape = call.shape()
    over = _at(shape, _axes(call, len(shape)))
    groups = call.integer("groups")
    for channels in over:
        if groups != -1 and isinstance(channels, int) and (groups < 1 or channels % groups):
            raise Incompatible(f"expects channels that its {groups} groups divide and gets {channels}")
    return Signature(shape, tuple(_scale_and_offset(call, over)))


@layer("UnitNormalization", weights=False)
def unit_normalization(call: Call) -> Signature:
    """A normalization without weights.

    Raises:
        Incompatible: an axis is outside the rank.
    """
    shape = call.shape()
    _axes(call, len(shape))
    return Signature(shape)


def _axes(call: Call, rank: int) -> tuple[int, ...]:
    """The axis or axes of the config, counted from the front.

    Raises:
        Incompatible: one is outside the rank.
        Undetermined: the config has none.
    """
    value = call.config.get("axis")
    axes = value if isinstance(value, list) else [value]
    if not axes:
        raise Undetermined("its config has an empty list of axes")
    return tuple(call.axis(axis, rank) for axis in axes)


def _at(shape: Dims, axes: tuple[int, ...]) -> Dims:
    return tuple(shape[axis] for axis in axes)


def _scale_and_offset(call: Call, over: Dims) -> Iterator[Weight]:
    if call.flag("scale"):
        yield Weight("gamma", over)
    if call.flag("center"):
        yield Weight("beta", over)


@layer("LayerScale")
def layer_scale(call: Call) -> Signature:
    """A factor for each channel, `(projection_dim,)`, in the ConvNeXt models of `keras.applications`."""
    return Signature(call.inputs, (Weight("gamma", (call.integer("projection_dim"),)),))
