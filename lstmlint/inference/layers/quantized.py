"""Quantized kernels (Keras 3): stored in fewer bits, with the scales that stretch them again.

Keras creates trained weights first, so the kernel of eight or four bits comes behind the bias (Keras,
`layers/core/dense.py`, `quantized_build`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lstmlint.inference.layers import lora
from lstmlint.inference.layers.call import Call, Undetermined
from lstmlint.ir.graph import Quantization
from lstmlint.ir.shape import Dim, Dims, Unknown, combine, product
from lstmlint.ir.weight import Weight, Weights

#: The modes that replace the kernel by one of fewer bits.
PACKED_MODES = ("int8", "int4")

#: The values of which float8 keeps a scale and a history.
RANGES = ("inputs", "kernel", "outputs_grad")

BYTE = "int8"


def kept(
    call: Call, kernel: Weight, others: Sequence[Weight], packed: Callable[[Quantization], Iterator[Weight]]
) -> Weights:
    """The weights of a layer with a kernel, including those that quantization adds or puts in the kernel's place.

    Args:
        call: the call of the layer.
        kernel: the kernel without quantization.
        others: the further weights, which stay as they are.
        packed: the weights that replace the kernel in a mode of `PACKED_MODES`.
    """
    quantization, plain = call.quantization, tuple(lora.adapted(call, (kernel, *others)))
    if quantization is None:
        return plain
    if quantization.mode == "float8":
        return (*_ranges(quantization), *plain)
    if quantization.mode in PACKED_MODES:
        return (*plain[1:], *packed(quantization))
    return Unknown(f"it is quantized ({quantization.mode})")


def is_packed(call: Call) -> bool:
    """Whether quantization replaces the kernel by one of fewer bits."""
    return call.quantization is not None and call.quantization.mode in PACKED_MODES


def demand_packed(call: Call) -> None:
    """Raises `Undetermined` for a mode outside of `PACKED_MODES`, which the layer cannot have."""
    if call.quantization is not None and not is_packed(call):
        raise Undetermined(f"it cannot be quantized to {call.quantization.mode}", is_refusal=True)


def summed(call: Call, kernel: Weight, axes: Sequence[int], scale: Dims) -> Callable[[Quantization], Iterator[Weight]]:
    """The weights that replace a kernel summed over some axes; `scale` is the shape of the scale of eight bits."""

    def packed(quantization: Quantization) -> Iterator[Weight]:
        if quantization.mode == "int8":
            yield Weight(kernel.name, kernel.shape, trainable=False, dtype=BYTE)
            yield Weight(f"{kernel.name}_scale", scale, trainable=False)
        elif not call.semantics.int4_packs_outputs:
            packed_axis = next(iter(axes), 0)
            shape = tuple(_half(size) if at == packed_axis else size for at, size in enumerate(kernel.shape))
            yield Weight(kernel.name, shape, trainable=False, dtype=BYTE)
            yield Weight(f"{kernel.name}_scale", scale, trainable=False)
        else:
            rows = product(size for at, size in enumerate(kernel.shape) if at in axes)
            columns = product(size for at, size in enumerate(kernel.shape) if at not in axes)
            yield Weight(kernel.name, (rows, _half(columns)), trainable=False, dtype=BYTE)
            groups = _groups(quantization, rows)
            yield from _scales(kernel.name, (*groups, columns), BYTE if groups else None)
            if groups:
                yield _block_indexes(rows)

    return packed


def looked_up(table: Weight) -> Callable[[Quantization], Iterator[Weight]]:
    """The weights that replace a table of rows, with a scale for each row, or for each block in a row."""
    size, width = table.shape

    def packed(quantization: Quantization) -> Iterator[Weight]:
        is_byte = quantization.mode == "int8"
        yield Weight(table.name, (size, width if is_byte else _half(width)), trainable=False, dtype=BYTE)
        groups = () if is_byte else _groups(quantization, width)
        yield from _scales(table.name, (size, *groups), BYTE if groups else None)
        if groups:
            yield _block_indexes(width)

    return packed


def turned_back(table: Weight, quantization: Quantization) -> Iterator[Weight]:
    """The weights that replace the second table, which turns rows into scores; zero points have the layer's dtype."""
    width, size = table.shape
    is_byte = quantization.mode == "int8"
    yield Weight(table.name, (width if is_byte else _half(width), size), trainable=False, dtype=BYTE)
    groups = () if is_byte else _groups(quantization, width)
    yield from _scales(table.name, (*groups, size), "" if groups else None)


def _scales(name: str, shape: Dims, zero_dtype: str | None) -> Iterator[Weight]:
    """The scale of a kernel, and its zero point where a dtype is given for that."""
    yield Weight(f"{name}_scale", shape, trainable=False)
    if zero_dtype is not None:
        yield Weight(f"{name}_zero", shape, trainable=False, dtype=zero_dtype)


def _block_indexes(rows: Dim) -> Weight:
    return Weight("g_idx", (rows,), trainable=False, dtype="float32")


def _groups(quantization: Quantization, rows: Dim) -> Dims:
    """An axis for the number of blocks in the rows; no axis where one scale is for all rows."""
    size = quantization.block_size
    return () if size is None else (combine(lambda known: -(-known // size), rows),)


def _half(size: Dim) -> Dim:
    """The number of bytes for values of four bits, of which two share a byte."""
    return combine(lambda known: (known + 1) // 2, size)


def _ranges(quantization: Quantization) -> Iterator[Weight]:
    for name in RANGES:
        yield Weight(f"{name}_scale", (), dtype="float32")
        yield Weight(f"{name}_amax_history", (quantization.history,), dtype="float32")
