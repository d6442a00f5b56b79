"""Values in HDF5: contiguous ones straight from the file, chunked ones through HDF5.

What lies contiguous needs no HDF5, is read twice as fast without it, and cannot lead it astray. What is chunked may be
compressed by the filters that h5py offers; no other filter runs, as it would be code of the machine that the file
chooses.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.readers.hdf5 import HDF5_FAILURES
from lstmlint.readers.hdf5_tree import MAX_RANK, Tree, is_dataset, written_dtype
from lstmlint.readers.keras_zip import EXPANSION_FLOOR_BYTES, MAX_EXPANSION, MAX_MEMBER_BYTES
from lstmlint.values.stores.blocks import (
    BFLOAT16,
    STRIPE_BYTES,
    DamagedValuesError,
    UnreadValuesError,
    Values,
    at_once,
    filled_from,
    native,
    plain_values,
    rows_of,
)

if TYPE_CHECKING:
    from typing import BinaryIO

    from lstmlint.values.stores.blocks import Array

#: The numbers of the filters gzip, shuffle and fletcher32 (HDF5), and lzf (h5py).
FILTERS = frozenset({1, 2, 3, 32000})

ELSEWHERE = "they lie in another file, or behind a link"
DAMAGED = "they are damaged"


@dataclass(slots=True)
class Hdf5Store:
    """The values in an opened HDF5 file, which lies in a stream: `size` bytes from `start` on.

    `asked` counts the bytes of the tensors so far; a file whose tensors overlap could ask for any number.
    """

    tree: Tree
    stream: BinaryIO
    start: int
    size: int
    asked: int = 0

    def values(self, place: str, shape: tuple[int, ...]) -> Values:
        """The values of the dataset at a place, whose shape was read before.

        Raises:
            UnreadValuesError: they cannot be read, or lie in another file.
        """
        try:
            dataset = self.tree.descend(self.tree.root, place.encode("utf-8", "surrogateescape"), {})
            if not is_dataset(dataset) or dataset.shape is None or len(dataset.shape) > MAX_RANK:
                raise UnreadValuesError(ELSEWHERE)
            if tuple(int(size) for size in dataset.shape) != shape:
                raise DamagedValuesError(DAMAGED)
            return self._values(dataset, shape)
        except HDF5_FAILURES:
            raise DamagedValuesError(DAMAGED) from None

    def _values(self, dataset: Any, shape: tuple[int, ...]) -> Values:
        import numpy as np

        stored, is_bfloat16 = stored_dtype(dataset)
        declared = math.prod(shape) * stored.itemsize
        if not declared:
            return plain_values(shape, stored, nothing, is_bfloat16=is_bfloat16)
        offset = dataset.get_offset()
        if offset is not None:
            self._pay(declared)
            if offset + declared > self.size or dataset.get_storage_size() < declared:
                raise DamagedValuesError("the file ends before them")
            raw = np.dtype("<u2") if is_bfloat16 else stored
            return plain_values(shape, raw, filled_from(self.stream, self.start + offset), is_bfloat16=is_bfloat16)
        if is_bfloat16:
            raise UnreadValuesError("it is bfloat16 in chunks, which Keras does not write")
        allowed = min(MAX_MEMBER_BYTES, max(EXPANSION_FLOOR_BYTES, MAX_EXPANSION * int(dataset.get_storage_size())))
        if declared > allowed:
            raise UnreadValuesError(f"they would expand to more than {allowed >> 20} MiB")
        self._pay(declared)
        return chunked(dataset, shape, stored.itemsize)

    def _pay(self, size: int) -> None:
        self.asked += size
        if self.asked > max(EXPANSION_FLOOR_BYTES, MAX_EXPANSION * self.size):
            raise UnreadValuesError("the tensors before it are larger than the file")


def stored_dtype(dataset: Any) -> tuple[Any, bool]:
    """The dtype of a dataset's bytes, and whether its numbers are bfloat16, which NumPy does not have.

    Raises:
        UnreadValuesError: it holds no numbers of NumPy.
    """
    import numpy as np

    stored = dataset.get_type()
    written = written_dtype(dataset)
    if written == BFLOAT16 and stored.get_size() == 2:
        return np.dtype("<u2"), True
    try:
        dtype = stored.dtype
    except (TypeError, ValueError):
        dtype = None
    if dtype is None or dtype.kind not in "fiub" or dtype.itemsize != stored.get_size() or dtype.itemsize > 8:
        raise UnreadValuesError(f"it holds {written or dtype or 'an unknown type'}, which are no numbers here")
    return dtype, False


def chunked(dataset: Any, shape: tuple[int, ...], item_bytes: int) -> Values:
    """The values of a dataset in chunks, read through HDF5 a whole row of chunks at a time.

    Raises:
        UnreadValuesError: a filter is none of h5py, or a row of chunks is larger than is decompressed at once.
    """
    from h5py import Dataset, h5d

    properties = dataset.get_create_plist()
    if properties.get_external_count() or properties.get_layout() == h5d.VIRTUAL:
        raise UnreadValuesError(ELSEWHERE)
    if any(properties.get_filter(number)[0] not in FILTERS for number in range(properties.get_nfilters())):
        raise UnreadValuesError("they are compressed by a filter that Keras does not use")
    rows, row = rows_of(shape, item_bytes)
    step = at_once(row, item_bytes)
    if properties.get_layout() == h5d.CHUNKED and shape:
        lengths = properties.get_chunk()
        if len(row) != len(shape) - 1 or lengths[0] * math.prod(row) * item_bytes > STRIPE_BYTES:
            raise UnreadValuesError("its chunks are larger than any that Keras writes")
        if math.prod(lengths) * item_bytes > STRIPE_BYTES:
            raise UnreadValuesError("its chunks are larger than any that Keras writes")
        step = max(lengths[0], step // lengths[0] * lengths[0])
    elif len(row) != max(0, len(shape) - 1):
        raise UnreadValuesError("its rows are larger than any that Keras writes")
    opened = Dataset(dataset)

    def read(first: int, last: int) -> Array:
        try:
            block = opened[first:last] if shape else opened[()].reshape(1)
        except HDF5_FAILURES:
            raise DamagedValuesError(DAMAGED) from None
        return native(block)

    return Values(shape, rows, step, read)


def nothing(offset: int, buffer: memoryview) -> None:
    """Fill an empty buffer."""
