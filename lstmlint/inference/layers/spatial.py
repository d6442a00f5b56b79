"""Output lengths of layers that slide a window over sequences, images and volumes.

The input of such a layer has one batch dimension, `rank` spatial dimensions and one dimension of channels, which the
config's `data_format` puts last or right after the batch.
"""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Undetermined
from lstmlint.ir.shape import Dim, Dims, Incompatible, Unknown, combine

#: By padding, the share of a window (of its reach beyond the first element) that the length loses.
LOST_TO_PADDING = {"valid": 1, "same": 0, "causal": 0, "full": -1}

#: By padding, the number of half windows that a transposed convolution cuts from each side of its output.
CUT_BY_PADDING = {"valid": 0, "same": 1, "full": 2}


def split(shape: Dims, channels_first: bool) -> tuple[Dim, Dims, Dim]:
    """Batch, spatial dimensions and channels of a shape."""
    return (shape[0], shape[2:], shape[1]) if channels_first else (shape[0], shape[1:-1], shape[-1])


def joined(batch: Dim, lengths: Dims, channels: Dim, channels_first: bool) -> Dims:
    """The shape of batch, spatial dimensions and channels; the inverse of `split`."""
    return (batch, channels, *lengths) if channels_first else (batch, *lengths, channels)


def kernel_shape(call: Call, sizes: tuple[int, ...], inputs: Dim, outputs: Dim) -> Dims:
    """The shape of a kernel from channels to filters, in the order of axes that the writer of the file used."""
    if not call.semantics.kernels_follow_data_format:
        return (*sizes, inputs, outputs)
    if len(sizes) == 1:
        return (*sizes, 1, inputs, outputs)
    return (outputs, inputs, *sizes) if call.channels_first else (*sizes, inputs, outputs)


def window_length(length: Dim, size: int, stride: int, padding: str, dilation: int = 1) -> Dim:
    """The number of windows that fit into a length, for convolutions and pooling (it may be zero or less).

    `ceil((length - lost) / stride)`, where `valid` loses all of the dilated window but one element
    (Keras, `ops/operation_utils.py`, `compute_conv_output_shape` and `compute_pooling_output_shape`).

    Raises:
        Incompatible: the stride is not positive.
        Undetermined: the padding is none that Keras knows.
    """
    _demand_positive(stride)
    lost = _by_padding(LOST_TO_PADDING, padding) * (size - 1) * dilation
    return combine(lambda known: (known - lost + stride - 1) // stride, length)


def transposed_length(
    length: Dim, size: int, stride: int, padding: str, output_padding: int | None, dilation: int
) -> Dim:
    """The length that a transposed convolution makes.

    Without `output_padding`, `same` multiplies the length by the stride; with it, the length is what the forward
    convolution would need (Keras, `backend/common/backend_utils.py`, `_get_output_shape_given_tf_padding`).

    Raises:
        Incompatible: the stride is not positive.
        Undetermined: the padding is none that Keras knows.
    """
    _demand_positive(stride)
    reach = (size - 1) * dilation + 1
    cut = (0, reach // 2, reach - 1)[_by_padding(CUT_BY_PADDING, padding)]
    if output_padding is not None:
        return combine(lambda known: (known - 1) * stride + reach - 2 * cut + output_padding, length)
    grown = {"valid": max(reach - stride, 0), "same": 0, "full": 2 - stride - reach}[padding]
    return combine(lambda known: known * stride + grown, length)


def beside_open(call: Call, lengths: Dims, made: Dims) -> Dims:
    """The output lengths of an image; unknown where one length is open and versions of tf.keras then differ.

    In tf.keras 2.15, the image operations behind upsampling and dilated depthwise convolutions then lose all lengths;
    other versions state them.
    """
    if len(lengths) != 2 or None not in lengths or not call.semantics.open_length_may_hide_others:
        return made
    reason = Unknown("another length is open, and versions of tf.keras then differ in this one")
    return tuple(None if length is None else reason for length in made)


def pairs(call: Call, key: str, rank: int) -> tuple[tuple[int, int], ...]:
    """Padding or cropping before and after each spatial dimension: one int, an int for each, or a pair for each.

    With one dimension, the value is one pair.

    Raises:
        Undetermined: the config holds something else.
    """
    if rank == 1:
        before, after = call.integers(key, 2)
        return ((before, after),)
    value = call.config.get(key)
    sides = [value] * rank if isinstance(value, int) else value
    if isinstance(sides, list) and len(sides) == rank:
        amounts = tuple(pair for side in sides for pair in _pair(side))
        if len(amounts) == rank:
            return amounts
    raise Undetermined(f"its config has no {rank} pairs of integers {key!r}")


def _pair(side: object) -> tuple[tuple[int, int], ...]:
    if isinstance(side, int):
        return ((side, side),)
    if isinstance(side, list) and len(side) == 2 and all(isinstance(item, int) for item in side):
        return ((side[0], side[1]),)
    return ()


def _by_padding(table: dict[str, int], padding: str) -> int:
    if padding not in table:
        raise Undetermined(f"its padding {padding!r} is none that lstmlint knows")
    return table[padding]


def _demand_positive(stride: int) -> None:
    if stride < 1:
        raise Incompatible(f"expects positive strides and gets {stride}")
