"""A part of a file as a file of its own."""

from __future__ import annotations

import io
import os
from typing import Any, BinaryIO


class Window(io.RawIOBase):
    """The bytes from `start` to `start + size` of a stream."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self._stream = stream
        self._start = start
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The position in the window."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position in the window."""
        base = 0 if whence == os.SEEK_SET else self._position if whence == os.SEEK_CUR else self._size
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read on, at most to the end of the window."""
        data = self.peek(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def peek(self, position: int, size: int) -> bytes:
        """The bytes at a position of the window, without going there."""
        begin = min(max(0, position), self._size)
        self._stream.seek(self._start + begin)
        return self._stream.read(min(size, self._size - begin))
