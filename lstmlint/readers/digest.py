"""Digests of files, by which others know the same bytes again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from lstmlint.ir.addresses import is_address
from lstmlint.ir.document import UnreadableError

BLOCK = 1024 * 1024


def sha256_of(path: str) -> str:
    """The SHA-256 of a file in hexadecimal digits; one at an address is fetched whole for it.

    Raises:
        UnreadableError: the file cannot be read.
    """
    import hashlib

    digest = hashlib.sha256()
    try:
        with _content(path) as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}; check its permissions") from None
    return digest.hexdigest()


@contextmanager
def _content(path: str) -> Iterator[BinaryIO]:
    if is_address(path):
        from lstmlint.readers.source import opened

        with opened(path) as source:
            yield source.stream
    else:
        with open(path, "rb") as file:
            yield file
