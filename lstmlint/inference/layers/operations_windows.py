"""Rules for operations on images and sequences of feature vectors: convolutions, pooling, resizing, attention."""

from __future__ import annotations

import math

from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import DATA_FORMATS, Undetermined
from lstmlint.inference.layers.operations_operands import Operation, agreed, shape_of
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, combine, product


def convolved(op: Operation) -> Structure:
    """A kernel `(*sizes, channels, filters)` over the spatial dimensions."""
    kernel = op.second
    return _slid(op, kernel[:-2], kernel[-1])


def convolved_depthwise(op: Operation) -> Structure:
    """A kernel `(*sizes, channels, multiplier)` for each channel."""
    kernel = op.second
    return _slid(op, kernel[:-2], product(kernel[-2:]))


def convolved_separably(op: Operation) -> Structure:
    """A depthwise kernel, then a pointwise one."""
    return _slid(op, op.second[:-2], op.operand(2)[-1])


def _slid(op: Operation, sizes: Dims, filters: Dim) -> Dims:
    batch, lengths, _ = spatial.split(op.first, channels_first(op))
    rank = len(lengths)
    if len(sizes) != rank:
        raise Incompatible(f"has a kernel over {len(sizes)} dimensions for an input of {rank}")
    strides, dilations = _each(op, "strides", rank), _each(op, "dilation_rate", rank)
    padding = str(op.value("padding", "valid"))
    windows = zip(lengths, sizes, strides, dilations, strict=True)
    made = tuple(
        spatial.window_length(length, _known(size), stride, padding, dilation)
        for length, size, stride, dilation in windows
    )
    return spatial.joined(batch, made, filters, channels_first(op))


def convolved_transposed(op: Operation) -> Structure:
    """A kernel `(*sizes, filters, channels)` that stretches the spatial dimensions."""
    kernel = op.second
    batch, lengths, _ = spatial.split(op.first, channels_first(op))
    rank = len(lengths)
    strides, dilations = _each(op, "strides", rank), _each(op, "dilation_rate", rank)
    extra = [None] * rank if op.values.get("output_padding") is None else _each(op, "output_padding", rank)
    padding = str(op.value("padding", "valid"))
    windows = zip(lengths, kernel[:-2], strides, extra, dilations, strict=True)
    made = tuple(
        spatial.transposed_length(length, _known(size), stride, padding, added, dilation)
        for length, size, stride, added, dilation in windows
    )
    return spatial.joined(batch, made, kernel[-2], channels_first(op))


def pooled(op: Operation) -> Structure:
    """A window over the spatial dimensions; strides default to its size."""
    batch, lengths, channels = spatial.split(op.first, channels_first(op))
    sizes = _each(op, "pool_size", len(lengths))
    strides = sizes if op.values.get("strides") is None else _each(op, "strides", len(lengths))
    padding = str(op.value("padding", "valid"))
    made = tuple(spatial.window_length(*window, padding) for window in zip(lengths, sizes, strides, strict=True))
    return spatial.joined(batch, made, channels, channels_first(op))


def patches(op: Operation) -> Structure:
    """The values of each window as channels."""
    image = op.first
    sizes = op.integers("size")
    sizes = sizes * 2 if len(sizes) == 1 else sizes
    rank = len(sizes)
    is_single = len(image) == rank + 1
    batch, lengths, channels = spatial.split((1, *image) if is_single else image, channels_first(op))
    strides = sizes if op.values.get("strides") is None else _each(op, "strides", rank)
    padding, dilations = str(op.value("padding", "valid")), _each(op, "dilation_rate", rank)
    made = tuple(
        spatial.window_length(length, size, stride, padding, dilation)
        for length, size, stride, dilation in zip(lengths, sizes, strides, dilations, strict=True)
    )
    values = combine(lambda known: known * math.prod(sizes), channels)
    outputs = spatial.joined(batch, made, values, channels_first(op))
    return outputs[1:] if is_single else outputs


def resized(op: Operation) -> Structure:
    """An image or a batch of images, with height and width of the config.

    Raises:
        Undetermined: the size depends on values or on the image.
    """
    if op.flag("preserve_aspect_ratio"):
        raise Undetermined("its size depends on the aspect ratio of the image")
    return _image(op, *_each(op, "size", 2))


def padded_image(op: Operation) -> Structure:
    """An image with padded height and width, or with the target size of the config."""
    return _image(op, _grown(op, "height", "top", "bottom"), _grown(op, "width", "left", "right"))


def cropped_image(op: Operation) -> Structure:
    """An image with cropped height and width, or with the target size of the config."""
    return _image(op, _shrunk(op, "height", "top", "bottom"), _shrunk(op, "width", "left", "right"))


def _grown(op: Operation, side: str, before: str, after: str) -> Dim:
    target = op.values.get(f"target_{side}")
    if isinstance(target, int):
        return target
    return combine(
        lambda known: known + op.integer(f"{before}_padding") + op.integer(f"{after}_padding"), _side(op, side)
    )


def _shrunk(op: Operation, side: str, before: str, after: str) -> Dim:
    target = op.values.get(f"target_{side}")
    if isinstance(target, int):
        return target
    return combine(
        lambda known: known - op.integer(f"{before}_cropping") - op.integer(f"{after}_cropping"), _side(op, side)
    )


def _side(op: Operation, side: str) -> Dim:
    return op.first[_image_axes(op)[side == "width"]]


def _image(op: Operation, height: Dim, width: Dim) -> Dims:
    image = list(op.first)
    axes = _image_axes(op)
    image[axes[0]], image[axes[1]] = height, width
    return tuple(image)


def _image_axes(op: Operation) -> tuple[int, int]:
    """The axes of height and width, counted from the end.

    Raises:
        Incompatible: the operand is no image.
    """
    if len(op.first) not in (3, 4):
        raise Incompatible(f"expects an image or a batch of them and gets rank {len(op.first)}")
    return (-2, -1) if channels_first(op) else (-3, -2)


def gray(op: Operation) -> Structure:
    """An image of one channel."""
    image = list(op.first)
    _image_axes(op)
    image[-3 if channels_first(op) else -1] = 1
    return tuple(image)


def edges(op: Operation) -> Structure:
    """An image with a new last axis for two directions."""
    return (*op.first, 2)


def one_for_each_image(op: Operation) -> Structure:
    """One number for each image of a batch."""
    return op.first[:1] if len(op.first) == 4 else ()


def at_coordinates(op: Operation) -> Structure:
    """One value for each point."""
    return op.second[1:]


def depth_to_space(op: Operation) -> Structure:
    """Channels become blocks of height and width."""
    batch, lengths, channels = spatial.split(op.first, channels_first(op))
    block = op.integer("block_size")
    made = tuple(combine(lambda known: known * block, length) for length in lengths)
    return spatial.joined(batch, made, _divided(channels, block**2), channels_first(op))


def space_to_depth(op: Operation) -> Structure:
    """Blocks of height and width become channels."""
    batch, lengths, channels = spatial.split(op.first, channels_first(op))
    block = op.integer("block_size")
    made = tuple(_divided(length, block) for length in lengths)
    return spatial.joined(batch, made, combine(lambda known: known * block**2, channels), channels_first(op))


def unfolded(op: Operation) -> Structure:
    """The values of each window as a column (channels first)."""
    batch, channels, *lengths = op.first
    sizes, dilations = _each(op, "kernel_size", 2), _each(op, "dilation", 2)
    paddings, strides = _each(op, "padding", 2), _each(op, "stride", 2)
    made = [
        combine(lambda known, s=size, d=dilation, p=pad, t=stride: (known + 2 * p - d * (s - 1) - 1) // t + 1, length)
        for length, size, dilation, pad, stride in zip(lengths, sizes, dilations, paddings, strides, strict=True)
    ]
    return (batch, combine(lambda known: known * math.prod(sizes), channels), product(made))


def folded(op: Operation) -> Structure:
    """Columns added up to images (channels first)."""
    batch, values, _ = op.first
    return (batch, _divided(values, math.prod(_each(op, "kernel_size", 2))), *_each(op, "output_size", 2))


def paths(op: Operation) -> Structure:
    """The best paths of each sequence, and their scores."""
    count = 1 if op.value("strategy", "greedy") == "greedy" else op.integer("top_paths")
    return [(count, *op.first[:2]), (op.first[0], count)]


def one_for_each_sample(op: Operation) -> Structure:
    """One number for each sample of the first operand."""
    return op.first[:1]


def segments(op: Operation) -> Structure:
    """One row for each segment."""
    return (op.values.get("num_segments"), *op.first[1:])


def attention(op: Operation) -> Structure:
    """The shape of the query."""
    agreed(op.first[-1], shape_of(op.operands[1])[-1])
    return op.first


def channels_first(op: Operation) -> bool:
    """Whether the channels come before the spatial dimensions.

    Raises:
        Undetermined: the file does not say.
    """
    data_format = op.values.get("data_format")
    if data_format not in DATA_FORMATS:
        raise Undetermined(f"its data_format is {data_format!r}")
    return data_format == "channels_first"


def _each(op: Operation, name: str, rank: int) -> list[int]:
    """An integer for each spatial dimension; one stands for all."""
    values = [1] if op.values.get(name) is None and name in ("strides", "dilation_rate") else op.integers(name)
    values = values * rank if len(values) == 1 else values
    if len(values) != rank:
        raise Incompatible(f"has {len(values)} {name} for {rank} dimensions")
    return values


def _known(size: Dim) -> int:
    if isinstance(size, int):
        return size
    raise Undetermined("the size of its kernel is unknown")


def _divided(dim: Dim, by: int) -> Dim:
    if not by or (isinstance(dim, int) and dim % by):
        raise Incompatible(f"expects a dimension that {by} divides and gets {dim}")
    return combine(lambda known: known // by, dim)
