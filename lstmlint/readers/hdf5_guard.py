"""A check of the bytes that HDF5 is about to read: a damaged heap of strings makes its C code loop forever.

The global heap holds the strings of variable length. HDF5 steps from one object of the heap to the next by the size
that the file gives. Where this size is 0 or wraps around, HDF5 never arrives at the end (seen with 1.14 and 2.0).
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

from lstmlint.readers.window import Window

COLLECTION_START = b"GCOL\x01"
COLLECTION_HEADER = struct.Struct("<8xQ")
OBJECT_HEADER = struct.Struct("<H6xQ")
ALIGNMENT = 8
MAX_COLLECTION_OBJECTS = 65_536
"""Numbers of objects have 16 bits."""

BLOCK_BYTES = 16 * 1024
MAX_BLOCKS = 64

LENGTH_BYTES = 8
VERSION_AT = 8
WHOLE_SIZE_AT = {0: 40, 1: 44, 2: 28, 3: 28}
SUPERBLOCK_BYTES = 52
LENGTH_BYTES_AT = {0: 14, 1: 14, 2: 10, 3: 10}
"""Superblock version -> offset, from the signature on, of the number of bytes that a length takes."""


class DamagedHeapError(OSError):
    """A heap whose end HDF5 would never reach."""


class Guarded(Window):
    """A window on an HDF5 file that lets no damaged heap pass.

    `image_bytes` is the largest file that is read as a whole. It is read in blocks of `block_bytes`, or, if they are 0,
    in the pieces that HDF5 asks for.
    """

    def __init__(
        self, stream: BinaryIO, start: int, size: int, image_bytes: int = 0, block_bytes: int = BLOCK_BYTES
    ) -> None:
        super().__init__(stream, start, size)
        self.image_bytes = image_bytes
        self._block_bytes = block_bytes
        self._sound: set[int] = set()
        self._blocks: dict[int, bytes] = {}

    def readinto(self, buffer: Any) -> int:
        """Read on, after a check of every heap that begins in these bytes."""
        size = len(buffer)
        block = self._block_bytes
        number, offset = divmod(self._position, block or 1)
        if offset + size <= block:
            data = self._block(number)[offset : offset + size]
        else:
            data = self.checked(self._position, size)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _block(self, number: int) -> bytes:
        """A block of the file, kept because HDF5 reads in pieces of some hundred bytes."""
        block = self._blocks.get(number)
        if block is None:
            if len(self._blocks) >= MAX_BLOCKS:
                self._blocks.clear()
            block = self._blocks[number] = self.checked(number * self._block_bytes, self._block_bytes)
        return block

    def checked(self, position: int, size: int) -> bytes:
        """The bytes at a position, after a check of every heap whose mark overlaps them.

        Raises:
            DamagedHeapError: one of these heaps is damaged.
        """
        overlap = len(COLLECTION_START) - 1
        before = min(position, overlap)
        data = self.peek(position - before, before + size + overlap)
        start = data.find(COLLECTION_START)
        while start >= 0:
            self._require_sound(position - before + start)
            start = data.find(COLLECTION_START, start + 1)
        return data[before : before + size]

    def _require_sound(self, start: int) -> None:
        """Step through a heap as HDF5 does.

        Raises:
            DamagedHeapError: HDF5 would not arrive at its end.
        """
        if start in self._sound:
            return
        header = self.peek(start, COLLECTION_HEADER.size)
        size = COLLECTION_HEADER.unpack(header)[0] if len(header) == COLLECTION_HEADER.size else 0
        end, here = start + size, start + COLLECTION_HEADER.size
        for _ in range(MAX_COLLECTION_OBJECTS):
            if here + OBJECT_HEADER.size > end:  # the rest is too small for an object, and HDF5 ignores it as well
                self._sound.add(start)
                return
            head = self.peek(here, OBJECT_HEADER.size)
            if len(head) < OBJECT_HEADER.size:
                break
            number, length = OBJECT_HEADER.unpack(head)
            # Object 0 is free space, whose size includes its header.
            step = length if number == 0 else OBJECT_HEADER.size + -(-length // ALIGNMENT) * ALIGNMENT
            if step < OBJECT_HEADER.size or here + step > end:
                break
            here += step
        raise DamagedHeapError("damaged global heap")


def has_usual_lengths(superblock: bytes) -> bool:
    """Whether lengths in an HDF5 file take eight bytes, as in every model; `True` for an unknown superblock version."""
    offset = LENGTH_BYTES_AT.get(superblock[VERSION_AT])
    return offset is None or superblock[offset] == LENGTH_BYTES


def whole_size(superblock: bytes) -> int:
    """Size in bytes of the whole HDF5 file, as its superblock says; 0 for an unknown superblock version."""
    offset = WHOLE_SIZE_AT.get(superblock[VERSION_AT])
    return 0 if offset is None else int.from_bytes(superblock[offset : offset + LENGTH_BYTES], "little")
