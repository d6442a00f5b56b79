"""Positions of values in a JSON text: line and column for pointers, computed only for reports.

All pointers are followed in one walk, and lines are counted once: the cost grows with the text, not with the findings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Document, Pointer, Position

WHITESPACE = " \t\n\r"

#: Exceptions of a walk through text that is nested too deeply, or is not the plain JSON behind the pointers.
ASTRAY = (ValueError, IndexError, RecursionError)


def positions_of(document: Document, pointers: Iterable[Pointer]) -> dict[Pointer, Position]:
    """Line and column of the values that pointers lead to; none where the container is no text."""
    if document.text is None:
        return {}
    steps = document.config_steps
    wanted = {steps + pointer: pointer for pointer in pointers}
    return {wanted[pointer]: position for pointer, position in positions(document.text, wanted).items()}


def positions(text: str, pointers: Iterable[Pointer]) -> dict[Pointer, Position]:
    """The start of the value at each pointer, or of its nearest enclosing value that exists.

    A pointer is missing where the text is not the plain JSON that it was made from.
    """
    offsets = dict(_offsets(text, _tree(pointers)))
    by_offset = dict(_positions(text, sorted(set(offsets.values()))))
    return {pointer: by_offset[offset] for pointer, offset in offsets.items()}


@dataclass(slots=True)
class Wanted:
    """A node in the tree of wanted pointers: `ends` are the pointers that end here, `steps` lead to the next nodes."""

    ends: list[Pointer] = field(default_factory=list)
    steps: dict[str | int, Wanted] = field(default_factory=dict)

    def all_ends(self) -> Iterator[Pointer]:
        """The pointers that end at this node and below it."""
        yield from self.ends
        for inner in self.steps.values():
            yield from inner.all_ends()


def _tree(pointers: Iterable[Pointer]) -> Wanted:
    root = Wanted()
    for pointer in dict.fromkeys(pointers):
        node = root
        for step in pointer:
            node = node.steps.setdefault(step, Wanted())
        node.ends.append(pointer)
    return root


def _offsets(text: str, root: Wanted) -> Iterator[tuple[Pointer, int]]:
    """The offset for each pointer."""
    try:
        left = [(root, _skip(text, 1 if text.startswith("\ufeff") else 0))]
    except IndexError:
        return
    while left:
        node, offset = left.pop()
        yield from ((pointer, offset) for pointer in node.ends)
        try:
            inner = _inner(text, offset, node.steps) if node.steps else {}
        except ASTRAY:
            continue
        for step, wanted in node.steps.items():
            if step in inner:
                left.append((wanted, inner[step]))
            else:
                yield from ((pointer, offset) for pointer in wanted.all_ends())


def _inner(text: str, offset: int, steps: Mapping[str | int, Wanted]) -> Mapping[str | int, int]:
    """The offsets of some members or elements of the value at an offset."""
    if text[offset] == "{":
        return _members(text, offset, [step for step in steps if isinstance(step, str)])
    if text[offset] == "[":
        return _elements(text, offset, {step for step in steps if isinstance(step, int)})
    return {}


def _members(text: str, offset: int, keys: list[str]) -> dict[str | int, int]:
    """The offsets of the values of some keys in an object; the last of equal keys, as parsers take it.

    A key that is missing may be in camel case, as in files of TensorFlow.js.
    """
    wanted, spelled = set(keys), {_camel_case(key): key for key in keys}
    offsets: dict[str | int, int] = {}
    aliases: dict[str | int, int] = {}
    offset = _skip(text, offset + 1)
    while text[offset] != "}":
        name, end = scanstring(text, offset + 1, False)
        offset = _skip(text, _skip(text, end) + 1)
        if name in wanted:
            offsets[name] = offset
        if name in spelled:
            aliases[spelled[name]] = offset
        offset = _past(text, offset)
    return {**aliases, **offsets}


def _camel_case(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(map(str.capitalize, rest))


def _elements(text: str, offset: int, indices: set[int]) -> dict[str | int, int]:
    """The offsets of some elements of an array."""
    offsets: dict[str | int, int] = {}
    offset = _skip(text, offset + 1)
    for index in range(max(indices, default=-1) + 1):
        if text[offset] == "]":
            break
        if index in indices:
            offsets[index] = offset
        offset = _past(text, offset)
    return offsets


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


def _positions(text: str, offsets: Iterable[int]) -> Iterator[tuple[int, Position]]:
    """Lines and columns of rising offsets; each count goes on from the offset before."""
    line, start, line_end = 1, 0, -1
    last = last_bytes = 0
    for offset in offsets:
        if newlines := text.count("\n", last, offset):
            line += newlines
            start = last = text.rfind("\n", last, offset) + 1
            last_bytes = 0
        last_bytes += _bytes(text[last:offset])
        last = offset
        line_end = line_end if line_end >= offset else _line_end(text, offset)
        value = text[offset : min(_value_end(text, offset), line_end)]
        column, byte = offset - start + 1, last_bytes + 1
        yield offset, Position(line, column, column + len(value), byte, byte + _bytes(value))


def _line_end(text: str, offset: int) -> int:
    newline = text.find("\n", offset)
    return len(text) if newline < 0 else newline - text.startswith("\r", newline - 1)


def _value_end(text: str, offset: int) -> int:
    """The offset at which a value ends; the end of the text for a value nested deeper than Python can follow."""
    try:
        return _decoder.raw_decode(text, offset)[1]
    except (ValueError, RecursionError):
        return len(text)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
