"""Where a value stands in a JSON text: line and column of what a pointer leads to, found only for reporting."""

from __future__ import annotations

import json
from collections.abc import Iterable
from json.decoder import scanstring  # type: ignore[attr-defined]

from lstmlint.ir.document import Document, Pointer, Position

WHITESPACE = " \t\n\r"


def positions_of(document: Document, pointers: Iterable[Pointer]) -> dict[Pointer, Position]:
    """Line and column of the values that pointers lead to; none where the container is no text."""
    if document.text is None:
        return {}
    steps = document.config_steps
    found = {pointer: position(document.text, steps + pointer) for pointer in dict.fromkeys(pointers)}
    return {pointer: place for pointer, place in found.items() if place is not None}


def position(text: str, pointer: Pointer) -> Position | None:
    """The start of the value at a pointer, or of its nearest enclosing value that exists.

    Returns `None` where the text is not the plain JSON that the pointer was made from.
    """
    try:
        return _at(text, _offset(text, pointer))
    except (ValueError, IndexError):
        return None


def _at(text: str, offset: int) -> Position:
    start = text.rfind("\n", 0, offset) + 1
    before, value = text[start:offset], text[offset : _end_on_line(text, offset)]
    column, byte = len(before) + 1, _bytes(before) + 1
    line = text.count("\n", 0, offset) + 1
    return Position(line, column, column + len(value), byte, byte + _bytes(value))


def _end_on_line(text: str, offset: int) -> int:
    """Where the value at an offset ends, or its line where it goes on below."""
    newline = text.find("\n", offset)
    line_end = len(text) if newline < 0 else newline - text.startswith("\r", newline - 1)
    try:
        return min(_decoder.raw_decode(text, offset)[1], line_end)
    except (ValueError, RecursionError):  # nested deeper than Python can follow
        return line_end


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _offset(text: str, pointer: Pointer) -> int:
    offset = _skip(text, 1 if text.startswith("\ufeff") else 0)
    for step in pointer:
        inner = _member(text, offset, step) if isinstance(step, str) else _element(text, offset, step)
        if inner is None:
            break
        offset = inner
    return offset


def _member(text: str, offset: int, key: str) -> int | None:
    """The offset of a key's value in the object at an offset; the last of equal keys, as parsers take it.

    A key that is not there may be spelled as JavaScript does, as in files of TensorFlow.js.
    """
    if text[offset] != "{":
        return None
    found = alias = None
    offset = _skip(text, offset + 1)
    while text[offset] != "}":
        name, end = scanstring(text, offset + 1, False)
        offset = _skip(text, _skip(text, end) + 1)
        if name == key:
            found = offset
        elif name == _camel_case(key):
            alias = offset
        offset = _past(text, offset)
    return alias if found is None else found


def _camel_case(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(map(str.capitalize, rest))


def _element(text: str, offset: int, index: int) -> int | None:
    """The offset of an element of the array at an offset."""
    if text[offset] != "[":
        return None
    offset = _skip(text, offset + 1)
    for _ in range(index):
        if text[offset] == "]":
            return None
        offset = _past(text, offset)
    return None if text[offset] == "]" else offset


_decoder = json.JSONDecoder(strict=False)


def _past(text: str, offset: int) -> int:
    """The offset after a value and the comma that may follow."""
    _, end = _decoder.raw_decode(text, offset)
    end = _skip(text, end)
    return _skip(text, end + 1) if text[end] == "," else end


def _skip(text: str, offset: int) -> int:
    while text[offset] in WHITESPACE:
        offset += 1
    return offset
