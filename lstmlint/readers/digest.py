"""Digests of files, by which others know the same bytes again."""

from __future__ import annotations

from lstmlint.ir.document import UnreadableError

BLOCK = 1024 * 1024


def sha256_of(path: str) -> str:
    """The SHA-256 of a file in hexadecimal digits.

    Raises:
        UnreadableError: the file cannot be read.
    """
    import hashlib

    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}; check its permissions") from None
    return digest.hexdigest()
