"""The wire format of protocol buffers: numbered fields, each a number or bytes, read with every length checked."""

from __future__ import annotations

from collections.abc import Iterator

MAX_VARINT_BYTES = 10
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
FIXED_BYTES = {FIXED64: 8, FIXED32: 4}

Value = int | bytes


class WireError(ValueError):
    """Bytes that are no message."""


def fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message in their order: a number for a varint, bytes for everything else.

    Raises:
        WireError: the bytes are no message; the fields before the defect come first.
    """
    here = 0
    while here < len(message):
        key, here = varint(message, here)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise WireError("field 0")
        if kind == VARINT:
            value, here = varint(message, here)
            yield number, value
            continue
        if kind == LENGTH:
            size, here = varint(message, here)
        elif kind in FIXED_BYTES:
            size = FIXED_BYTES[kind]
        else:
            raise WireError("group")
        if size > len(message) - here:
            raise WireError("truncated")
        yield number, message[here : here + size]
        here += size


def varint(message: bytes, start: int) -> tuple[int, int]:
    """The number at an offset in a message, and the offset behind it.

    Raises:
        WireError: it does not end, or is larger than 64 bits.
    """
    value = 0
    for offset, byte in enumerate(message[start : start + MAX_VARINT_BYTES]):
        value |= (byte & 0x7F) << (7 * offset)
        if byte < 0x80:
            if value >> 64:
                break
            return value, start + offset + 1
    raise WireError("varint")
