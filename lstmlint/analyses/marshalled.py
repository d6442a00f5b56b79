"""The layout of Python bytecode as `marshal` writes it, which differs between versions of Python.

The bytes are walked and nothing is made of them. Sources: Python/marshal.c of CPython 3.4 to 3.14.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from lstmlint.ir.dataclass import dataclass


class Layout(Enum):
    """The layouts of code objects, by the Pythons that have them: numbers, objects, a number, and objects again."""

    TO_3_7 = (5, 8, 1)
    TO_3_10 = (6, 8, 1)
    SINCE_3_11 = (5, 8, 2)


#: What Python says where bytes are no object, end too early, or are one of another layout.
UNKNOWN_CODE, ENDED, SHORT = (
    "bad marshal data (unknown type code)",
    "EOF read where object expected",
    "marshal data too short",
)
MISMATCH = "bad argument to internal function"

#: How deep objects may lie in each other, and how many are walked.
DEPTH, MOST = 200, 100_000

FLAG_REF = 0x80


class BadBytesError(Exception):
    """Bytes that are no objects in a layout; the message is that of Python."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the kind of the object, by its code, and the place behind it."""

    kind: str
    end: int


def layout_of(code: str) -> Layout | None:
    """The layout in which bytecode was written; `None` where it is none or fits no layout alone.

    Args:
        code: the bytecode in base64, as Keras stores it.
    """
    data = _decoded(code)
    fitting = [layout for layout in Layout if data is not None and _fits(data, layout)]
    return fitting[0] if len(fitting) == 1 else None


def failure(code: str, layout: Layout) -> str:
    """The message of a Python of one layout on bytecode of another; empty where it reads it.

    Args:
        code: the bytecode in base64, as Keras stores it.
        layout: that of the Python that reads it.
    """
    data = _decoded(code)
    try:
        _Walk(data or b"", layout).read(0, 0)
    except BadBytesError as error:
        return str(error)
    return "" if data is not None and _fits(data, layout) else MISMATCH


def _decoded(code: str) -> bytes | None:
    try:
        return base64.b64decode(code, validate=False)
    except (binascii.Error, ValueError):
        return None


def _fits(data: bytes, layout: Layout) -> bool:
    """Whether bytes are one code object of a layout to their end, with the kinds of objects that belong in it."""
    walk = _Walk(data, layout)
    try:
        return walk.read(0, 0) == Read("c", len(data)) and walk.is_plausible
    except BadBytesError:
        return False


#: The bytes of a length or a number before the rest of an object, and the size of the rest for each unit of it.
LENGTHS: Mapping[str, tuple[int, int]] = {
    "s": (4, 1), "t": (4, 1), "u": (4, 1), "a": (4, 1), "A": (4, 1), "z": (1, 1), "Z": (1, 1), "f": (1, 1), "l": (4, 2),
}  # fmt: skip
SIZES: Mapping[str, int] = {"i": 4, "I": 8, "g": 8, "y": 16, "r": 4, "R": 4}
SINGLE = frozenset("0NFTS.")
#: The bytes of the count before objects.
COUNTS: Mapping[str, int] = {"(": 4, ")": 1, "[": 4, "<": 4, ">": 4}
TEXTS, BYTES = frozenset("tuaAzZrR"), frozenset("sr")
CODE, DICT, COMPLEX, END = "c", "{", "x", "0"


class _Walk:
    """A walk over the objects of a layout."""

    def __init__(self, data: bytes, layout: Layout) -> None:
        self.data = data
        self.layout = layout
        self.walked = 0
        #: Whether the names in code objects are texts and their tables bytes.
        self.is_plausible = True

    def read(self, start: int, depth: int) -> Read:
        self.walked += 1
        if depth > DEPTH or self.walked > MOST:
            raise BadBytesError(UNKNOWN_CODE)
        if start >= len(self.data):
            raise BadBytesError(ENDED)
        kind, behind = chr(self.data[start] & ~FLAG_REF), start + 1
        if kind in SINGLE:
            return Read(kind, behind)
        if kind in SIZES:
            return Read(kind, self._skip(behind, SIZES[kind]))
        if kind in LENGTHS:
            width, unit = LENGTHS[kind]
            count, behind = self._number(behind, width)
            return Read(kind, self._skip(behind, abs(count) * unit))
        if kind in COUNTS:
            count, behind = self._number(behind, COUNTS[kind])
            return Read(kind, self._several(behind, count, depth))
        reader: Callable[[int, int], int] | None = {CODE: self._code, DICT: self._dict, COMPLEX: self._complex}.get(
            kind
        )
        if reader is None:
            raise BadBytesError(UNKNOWN_CODE)
        return Read(kind, reader(behind, depth))

    def _skip(self, start: int, size: int) -> int:
        if start + size > len(self.data):
            raise BadBytesError(SHORT)
        return start + size

    def _number(self, start: int, width: int) -> tuple[int, int]:
        end = self._skip(start, width)
        return int.from_bytes(self.data[start:end], "little", signed=width > 1), end

    def _several(self, start: int, count: int, depth: int) -> int:
        if count < 0:
            raise BadBytesError(UNKNOWN_CODE)
        for _ in range(count):
            start = self.read(start, depth + 1).end
        return start

    def _dict(self, start: int, depth: int) -> int:
        while (key := self.read(start, depth + 1)).kind != END:
            start = self.read(key.end, depth + 1).end
        return key.end

    def _complex(self, start: int, depth: int) -> int:
        for _ in range(2):
            size, start = self._number(start, 1)
            start = self._skip(start, size)
        return start

    def _code(self, start: int, depth: int) -> int:
        numbers, objects, tables = self.layout.value
        at = self._skip(start, 4 * numbers)
        kinds: list[str] = []
        for number in range(objects + tables):
            if number == objects:
                at = self._skip(at, 4)  # the first line
            got = self.read(at, depth + 1)
            kinds.append(got.kind)
            at = got.end
        names: Any = kinds[6:8] if tables == 1 else kinds[5:8]
        self.is_plausible &= kinds[0] in BYTES and all(kind in TEXTS for kind in names) and kinds[-1] in BYTES
        return at
