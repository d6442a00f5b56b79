"""Convolutions: a kernel slides over one to three spatial dimensions."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.layers import lora, spatial
from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dim, Dims, Incompatible, Unknown, combine
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import Work, multiplied
from lstmlint.keras.classes import dimensions_of

#: Convolutions that treat each channel separately.
DEPTHWISE = frozenset({"DepthwiseConv2D", "SeparableConv2D"})


@layer("Conv1D", "Conv2D", "Conv3D")
def convolution(call: Call) -> Signature:
    """Kernel `(*kernel_size, channels / groups, filters)`, bias `(filters,)`.

    Raises:
        Incompatible: the groups do not divide the filters or the channels.
    """
    channels = _channels(call)
    filters, groups = call.integer("filters"), call.integer("groups")
    if groups < 1 or filters % groups:
        raise Incompatible(f"expects groups that divide its {filters} filters and gets {groups}")
    if isinstance(channels, int) and channels % groups:
        raise Incompatible(f"expects channels that its {groups} groups divide and gets {channels}")
    kernel = spatial.kernel_shape(call, _sizes(call), combine(lambda known: known // groups, channels), filters)
    weights = [Weight("kernel", kernel), *_bias(call, filters)]
    outputs = _slid(call, filters)
    products = multiplied(kernel, _positions(call, outputs)), *lora.factors(call, weights[0])
    return Signature(outputs, tuple(lora.adapted(call, weights)), Work(products))


@layer("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed_convolution(call: Call) -> Signature:
    """Kernel `(*kernel_size, filters, channels)`, bias `(filters,)`."""
    filters = call.integer("filters")
    kernel = (*_sizes(call), filters, _channels(call))
    work = Work((multiplied(kernel, _positions(call, _input(call))),))
    return Signature(_stretched(call, filters), (Weight("kernel", kernel), *_bias(call, filters)), work)


@layer("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise_convolution(call: Call) -> Signature:
    """Kernel `(*kernel_size, channels, depth_multiplier)`, bias `(channels * depth_multiplier,)`."""
    channels, multiplier = _channels(call), call.integer("depth_multiplier")
    filters = combine(lambda known: known * multiplier, channels)
    kernel, outputs = Weight("kernel", (*_sizes(call), channels, multiplier)), _slid(call, filters)
    work = Work((multiplied(kernel.shape, _positions(call, outputs)),))
    return Signature(outputs, (kernel, *_bias(call, filters)), work)


@layer("SeparableConv1D", "SeparableConv2D")
def separable_convolution(call: Call) -> Signature:
    """A depthwise kernel, then a pointwise one `(1, ..., channels * depth_multiplier, filters)`, then the bias."""
    channels, multiplier, filters = _channels(call), call.integer("depth_multiplier"), call.integer("filters")
    widened = combine(lambda known: known * multiplier, channels)
    kernels = (
        Weight("depthwise_kernel", spatial.kernel_shape(call, _sizes(call), channels, multiplier)),
        Weight("pointwise_kernel", spatial.kernel_shape(call, (1,) * dimensions_of(call.class_name), widened, filters)),
    )
    outputs = _slid(call, filters)
    products = tuple(multiplied(kernel.shape, _positions(call, outputs)) for kernel in kernels)
    return Signature(outputs, (*kernels, *_bias(call, filters)), Work(products))


def _input(call: Call) -> Dims:
    """The input shape: batch, spatial dimensions, channels.

    Raises:
        Undetermined: there are more dimensions, which only some versions of Keras 2 take for further batch dimensions.
    """
    rank = dimensions_of(call.class_name) + 2
    shape = call.tensor()
    if not isinstance(shape, Unknown) and len(shape) > rank and not call.semantics.refuses_further_axes:
        raise Undetermined(f"only some versions of Keras 2 accept an input of rank {len(shape)}")
    return call.dims(rank)


def _positions(call: Call, shape: Dims) -> Dims:
    return spatial.split(shape, call.channels_first)[1]


def _channels(call: Call) -> Dim:
    return spatial.split(_input(call), call.channels_first)[2]


def _sizes(call: Call, key: str = "kernel_size") -> tuple[int, ...]:
    return call.integers(key, dimensions_of(call.class_name))


def _slid(call: Call, filters: Dim) -> Dims:
    """The output of a kernel that slides over the input."""
    batch, lengths, _ = spatial.split(_input(call), call.channels_first)
    padding = call.text("padding").lower()
    windows = zip(lengths, _sizes(call), _sizes(call, "strides"), _stated_dilation(call), strict=True)
    slid = tuple(spatial.window_length(length, size, stride, padding, rate) for length, size, stride, rate in windows)
    if call.class_name in DEPTHWISE and max(_sizes(call, "dilation_rate")) > 1:
        slid = spatial.beside_open(call, lengths, slid)
    return spatial.joined(batch, slid, filters, call.channels_first)


def _stretched(call: Call, filters: Dim) -> Dims:
    """The output of a transposed convolution."""
    batch, lengths, _ = spatial.split(_input(call), call.channels_first)
    padding = call.text("padding").lower()
    windows = zip(lengths, _sizes(call), _sizes(call, "strides"), _output_padding(call), _dilation(call), strict=True)
    stretched = tuple(
        spatial.transposed_length(length, size, stride, padding, extra, rate)
        for length, size, stride, extra, rate in windows
    )
    return spatial.joined(batch, stretched, filters, call.channels_first)


def _output_padding(call: Call) -> tuple[int | None, ...]:
    if call.config.get("output_padding") is None:
        return (None,) * dimensions_of(call.class_name)
    return _sizes(call, "output_padding")


def _stated_dilation(call: Call) -> tuple[int, ...]:
    """The dilation behind the output shape that Keras states."""
    is_ignored = call.class_name == "DepthwiseConv2D" and call.semantics.depthwise_ignores_dilation
    return (1, 1) if is_ignored else _sizes(call, "dilation_rate")


def _dilation(call: Call) -> tuple[int, ...]:
    if dimensions_of(call.class_name) == 3 and not call.semantics.transposed_3d_dilation:
        return (1, 1, 1)
    return _sizes(call, "dilation_rate")


def _bias(call: Call, filters: Dim) -> Iterator[Weight]:
    if call.flag("use_bias"):
        yield Weight("bias", (filters,))
