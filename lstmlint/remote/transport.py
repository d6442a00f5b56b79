"""A transport: a way to fetch the beginning and ranges of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from lstmlint.ir.document import UnreadableError

#: The bytes of the first request. Smaller files are there whole, and most configs of larger ones.
HEAD_BYTES = 64 * 1024

Range = tuple[int, int]
"""First byte and the byte behind the last."""


class ElsewhereError(UnreadableError):
    """A file cannot be fetched; another time it may be."""


class MissingError(ElsewhereError):
    """There is no file at an address."""


class Beginning(NamedTuple):
    """The first bytes of a file, its size in bytes, and its ETag or version; empty where the server states none."""

    data: bytes
    size: int
    tag: str


class Transport(Protocol):
    """A way to fetch bytes of one file. All methods raise `ElsewhereError` with a sentence that shows no secrets."""

    def begin(self) -> Beginning:
        """The first bytes: `HEAD_BYTES`, or all of a file that is smaller or that its server sends only whole."""

    def fetch(self, ranges: Sequence[Range]) -> list[bytes]:
        """The bytes of ranges inside the file, of all at once."""
