"""The values of stored tensors, block by block: no more than a block is in memory, whatever a file holds.

Every tensor is read on its own, so that a damaged one costs no other. The limits are those on archives: what is
compressed may expand a hundredfold, and no file makes a reader work on more than it holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias

from lstmlint.ir.dataclass import dataclass

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

BLOCK_BYTES = 1024 * 1024
"""Bytes that are read at once: few enough for the cache of a processor, and enough to hide the cost of a call."""

STRIPE_BYTES = 16 * 1024 * 1024
"""The most bytes in one row of chunks, which are decompressed together."""

BFLOAT16 = "bfloat16"

NUMBERS = "fiub"
"""Kinds of NumPy dtype that are numbers."""


class UnreadValuesError(Exception):
    """The values of one tensor are not read; the message completes "its values are not read: ..."."""


class DamagedValuesError(UnreadValuesError):
    """The values of one tensor cannot be read by anybody; the message completes "its values cannot be read: ..."."""


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a tensor as rows along its first axis; a tensor of larger rows than a block is one axis of numbers.

    `read` gives the rows from one index to another as an array of native numbers `(rows, *rest)`, which the next
    reading may overwrite. It raises `UnreadValuesError`.
    """

    shape: tuple[int, ...]
    rows: int
    rows_at_once: int
    read: Callable[[int, int], Array]

    def blocks(self) -> Iterator[Array]:
        """All rows in their order, in blocks.

        Raises:
            UnreadValuesError: a block cannot be read.
        """
        for first in range(0, self.rows, self.rows_at_once):
            yield self.read(first, min(self.rows, first + self.rows_at_once))


class Store(Protocol):
    """An opened container of values."""

    def values(self, place: str, shape: tuple[int, ...]) -> Values:
        """The values of the tensor at a place.

        Raises:
            UnreadValuesError: they cannot be read, or lie in another file.
        """


def rows_of(shape: tuple[int, ...], item_bytes: int) -> tuple[int, tuple[int, ...]]:
    """The number of rows of a tensor, and the shape of a row; a row is a number where it would exceed a block."""
    if not shape:
        return 1, ()
    row = shape[1:]
    return (shape[0], row) if math.prod(row) * item_bytes <= BLOCK_BYTES else (math.prod(shape), ())


def at_once(row: tuple[int, ...], item_bytes: int) -> int:
    """The number of rows in a block."""
    return max(1, BLOCK_BYTES // max(1, math.prod(row) * item_bytes))


def plain_values(
    shape: tuple[int, ...], stored: numpy.dtype[Any], fill: Callable[[int, memoryview], None], *, is_bfloat16: bool
) -> Values:
    """Values that lie uncompressed, one after the other.

    Args:
        shape: the shape of the tensor.
        stored: the dtype of its bytes; that of 16 bits for bfloat16.
        fill: fills a buffer with the bytes from an offset on; raises `UnreadValuesError`.
        is_bfloat16: the numbers are the upper halves of float32.
    """
    import numpy as np

    rows, row = rows_of(shape, stored.itemsize)
    row_bytes = math.prod(row) * stored.itemsize
    step = at_once(row, stored.itemsize)
    buffer = memoryview(bytearray(min(step, rows) * row_bytes))

    def read(first: int, last: int) -> Array:
        part = buffer[: (last - first) * row_bytes]
        if len(part) < (last - first) * row_bytes:
            raise ValueError("more rows than in a block")
        fill(first * row_bytes, part)
        return native(np.frombuffer(part, stored).reshape(last - first, *row), is_bfloat16=is_bfloat16)

    return Values(shape, rows, step, read)


def native(block: Array, *, is_bfloat16: bool = False) -> Array:
    """Numbers as the processor computes with them: float32 and float64 as they are, halves as float32."""
    import numpy as np

    if is_bfloat16:
        return (block.astype(np.uint32) << 16).view(np.float32)
    if block.dtype.kind == "f":
        return block.astype(np.float64 if block.dtype.itemsize > 4 else np.float32, copy=False)
    if block.dtype.kind in NUMBERS:
        return block.astype(block.dtype.newbyteorder("="), copy=False)
    raise UnreadValuesError(f"it holds {block.dtype}, no numbers")


def filled_from(stream: BinaryIO, start: int) -> Callable[[int, memoryview], None]:
    """A function that fills a buffer with the bytes of a stream from `start` and an offset on."""

    def fill(offset: int, buffer: memoryview) -> None:
        try:
            stream.seek(start + offset)
            done = 0
            while done < len(buffer):
                count = stream.readinto(buffer[done:])  # type: ignore[attr-defined]
                if not count:
                    raise DamagedValuesError("the file ends before them")
                done += count
        except OSError as error:
            raise DamagedValuesError(f"the file cannot be read there ({error.strerror or error})") from None

    return fill
