"""A file that lies elsewhere as a stream that can seek: pages that were fetched are kept, others are fetched."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lstmlint.remote.transport import ElsewhereError, Range, Transport

#: The unit of what is kept. Objects of HDF5 take some hundred bytes and lie in groups.
PAGE = 2048

#: Pages that are fetched where one is missing that nobody foresaw; twice as many each time that reading goes on.
AHEAD = 16

#: A file that is not larger, in bytes, is fetched whole as soon as more than its beginning is wanted.
SMALL = 512 * 1024

#: A gap of so many pages between two wanted ranges is fetched as well: a request costs more than its bytes.
GAP = 2

#: The largest part of a request, in pages.
MOST_IN_REQUEST = 2048

#: What one file may cost: pages that are kept, and requests.
MOST_KEPT = 16 * 1024
MOST_REQUESTS = 5000


class RemoteStream(io.RawIOBase):
    """The bytes of a file behind a transport; `size` in bytes, `tag` its ETag or version, `head` its first bytes.

    `failure` is what went wrong once: libraries of C turn it into errors of their own, or go on without what they lack.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.head, self.size, self.tag = transport.begin()
        self._position = 0
        self._requests = 1
        self._ahead, self._next = AHEAD, -1
        self.failure: ElsewhereError | None = None
        self._pages: dict[int, bytes] = {}
        self._whole = len(self.head) // PAGE if len(self.head) < self.size else -(-self.size // PAGE)

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The position in the file."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position in the file."""
        base = 0 if whence == os.SEEK_SET else self._position if whence == os.SEEK_CUR else self.size
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read on."""
        data = self.at(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        """Read on, all where `size` is negative."""
        data = self.at(self._position, self.size if size is None or size < 0 else size)
        self._position += len(data)
        return data

    def at(self, position: int, size: int) -> bytes:
        """The bytes at a position; what is missing of them is fetched.

        Raises:
            ElsewhereError: they cannot be fetched, or the file takes too many requests.
        """
        first, end = min(position, self.size), min(position + size, self.size)
        if end <= len(self.head):
            return self.head[first:end]
        numbers = range(first // PAGE, -(-end // PAGE))
        pieces = []
        # A large read goes past the pages, in parts, so that it neither costs memory twice nor drives out the others.
        for part in (numbers[at : at + MOST_IN_REQUEST] for at in range(0, len(numbers), MOST_IN_REQUEST)):
            while missing := [number for number in part if not self._has(number)]:
                self._ahead = min(2 * self._ahead, MOST_IN_REQUEST) if missing[0] == self._next else AHEAD
                self._next = max(part[-1] + 1, min(missing[0] + self._ahead, self._count))
                self._fetch([*missing, *range(part[-1] + 1, self._next)])
            pieces += [self._page(number) for number in part]
        data = b"".join(pieces)
        return data[first - numbers.start * PAGE : end - numbers.start * PAGE] if numbers else b""

    def ahead(self, ranges: Iterable[Range]) -> bool:
        """Fetch what is missing of ranges, all at once; `False` where everything was there."""
        inside = [(max(0, first), min(end, self.size)) for first, end in ranges]
        numbers = {number for first, end in inside if first < end for number in range(first // PAGE, -(-end // PAGE))}
        missing = sorted(number for number in numbers if not self._has(number))
        if missing:
            self._fetch(missing)
        return bool(missing)

    def has(self, first: int, end: int) -> bool:
        """Whether the bytes from `first` to `end`, or those of them inside the file, need not be fetched."""
        end = min(end, self.size)
        return first >= end or all(map(self._has, range(first // PAGE, -(-end // PAGE))))

    @property
    def _count(self) -> int:
        return -(-self.size // PAGE)

    def _has(self, number: int) -> bool:
        return number < self._whole or number in self._pages

    def _page(self, number: int) -> bytes:
        return self.head[number * PAGE : (number + 1) * PAGE] if number < self._whole else self._pages[number]

    def _fetch(self, missing: Iterable[int]) -> None:
        if self.failure is not None:
            raise self.failure
        wanted = range(self._whole, self._count) if self.size <= SMALL else sorted(set(missing))
        try:
            self._keep(list(joined(wanted)))
        except ElsewhereError as error:
            self.failure = error
            raise

    def _keep(self, runs: list[tuple[int, int]]) -> None:
        """Fetch runs of pages and keep them."""
        self._requests += len(runs)
        if self._requests > MOST_REQUESTS:
            raise ElsewhereError(f"takes more than {MOST_REQUESTS} requests to read; download it first")
        if len(self._pages) + sum(end - first for first, end in runs) > MOST_KEPT:
            self._pages.clear()
        ranges = [(first * PAGE, min(end * PAGE, self.size)) for first, end in runs]
        for (first, end), data in zip(runs, self._transport.fetch(ranges), strict=True):
            for number in range(first, end):
                begin = (number - first) * PAGE
                self._pages[number] = data[begin : begin + PAGE]


def joined(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of pages, each with the number behind its last, that hold all given ones; small gaps belong to a run."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number - last > GAP + 1 or number - first >= MOST_IN_REQUEST:
            yield first, last + 1
            first = number
        last = number
    yield first, last + 1
