"""The terms of meaning: an axis is a product of parts, each with a role and an origin; reshaping factors the parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypeAlias

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.shape import Dim, Shape, Unknown, is_dims, product


class Role(StrEnum):
    """The role of an axis, in the words of reports."""

    BATCH = "batch"
    TIME = "time"
    FEATURES = "features"
    HEIGHT = "height"
    WIDTH = "width"
    DEPTH = "depth"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an axis: `noun` and `origin` name it further (units of lstm_1), empty where there is one of its role.

    `size` is its length of a `total`; neighbours lie `stride` apart, which is 1 for the whole axis and for the inner
    part of an axis that was split. `changed_by` are the layers that changed its length.
    """

    role: Role
    size: Dim
    origin: str = ""
    noun: str = ""
    total: Dim = None
    stride: int = 1
    changed_by: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether no split took values away."""
        return self.size == self.total and self.stride == 1

    @property
    def text(self) -> str:
        """The part in the words of reports: `units of lstm_1`, `time`."""
        name = f"{self.noun} of {self.origin}" if self.noun else str(self.role)
        return name if self.is_whole else f"part of {name}"

    def is_of(self, other: Part) -> bool:
        """Whether both are the same axis, or parts of it."""
        return replace(self, size=None, stride=1) == replace(other, size=None, stride=1)


#: An axis: its parts, outermost first; none for an axis of length 1 that holds nothing apart.
Axis: TypeAlias = tuple[Part, ...] | Unknown
Meaning: TypeAlias = tuple[Axis, ...] | Unknown

BATCH: Axis = (Part(Role.BATCH, None),)
NOTHING: Axis = ()
MIXED = Unknown("a Reshape cuts through the values of its axes")
UNTOLD = Unknown("its meaning is not known")


def whole(role: Role, size: Dim, origin: str = "", noun: str = "", changed_by: tuple[str, ...] = ()) -> Axis:
    """An axis of one part."""
    return (Part(role, size, origin, noun, size, 1, changed_by),)


def roles(axis: Axis) -> frozenset[Role]:
    """The roles of the parts of an axis; empty where they are unknown."""
    return frozenset() if isinstance(axis, Unknown) else frozenset(part.role for part in axis)


def is_all(axis: Axis, role: Role) -> bool:
    """Whether an axis is known to be of one role."""
    return roles(axis) == {role}


def text_of(axis: Axis, size: Dim) -> str:
    """An axis in the words of reports: `batch`, `time 20`, `height 4 x filters of conv 8`, `?`."""
    if isinstance(axis, Unknown):
        return "?" if isinstance(size, Unknown) or size is None else f"? {size}"
    if any(part.role is Role.BATCH for part in axis):
        return Role.BATCH.value if size is None or isinstance(size, Unknown) else f"{Role.BATCH} {size}"
    if not axis:
        return "1"
    return " x ".join(part.text if not isinstance(part.size, int) else f"{part.text} {part.size}" for part in axis)


def meaning_text(meaning: Meaning, shape: Shape) -> str:
    """All axes of a tensor: `(batch, time 20, units of lstm_1 64)`; `?` where nothing is known."""
    texts = axis_texts(meaning, shape)
    return f"({', '.join(texts)})" if texts else "?"


def axis_texts(meaning: Meaning, shape: Shape) -> list[str]:
    """Each axis of a tensor in the words of reports; empty where nothing is known."""
    if isinstance(meaning, Unknown) or not is_dims(shape) or len(shape) != len(meaning):
        return []
    return [text_of(axis, size) for axis, size in zip(meaning, shape, strict=True)]


def fitting(meaning: Meaning, shape: Shape) -> Meaning:
    """A meaning held against the shape of its tensor: what does not have its size is unknown."""
    if isinstance(meaning, Unknown) or not is_dims(shape) or len(meaning) != len(shape):
        return UNTOLD
    return tuple(_fitting(axis, size) for axis, size in zip(meaning, shape, strict=True))


def _fitting(axis: Axis, size: Dim) -> Axis:
    if isinstance(axis, Unknown) or any(part.role is Role.BATCH for part in axis):
        return axis
    known = product(part.size for part in axis)
    return axis if not isinstance(known, int) or not isinstance(size, int) or known == size else UNTOLD


def joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Parts side by side; neighbours that a split took apart become one again, and parts of length 1 are left out."""
    result: list[Part] = []
    for part in parts:
        mended = _mended(result[-1], part) if result else None
        if mended is not None:
            result[-1] = mended
        elif part.size != 1:
            result.append(part)
    return tuple(result)


def _mended(outer: Part, inner: Part) -> Part | None:
    """Two neighbours as one part, where a split took them apart."""
    if not isinstance(outer.size, int) or not isinstance(inner.size, int) or not outer.is_of(inner):
        return None
    return replace(inner, size=outer.size * inner.size) if outer.stride == inner.stride * inner.size else None


def reshaped(given: Sequence[Axis], before: Sequence[Dim], after: Sequence[Dim]) -> tuple[Axis, ...]:
    """The axes that a Reshape makes of others, batch left out, by how the sizes factor.

    Axes at both ends that keep their length stay; between them the parts are dealt out in order, and split where a
    length divides them. An axis that cuts through a part is `MIXED`. An open axis stays where all others hold as many
    values as before.
    """
    if not _is_open_kept(before, after):
        return (UNTOLD,) * len(after)
    first = _alike(before, after)
    last = _alike(before[first:][::-1], after[first:][::-1])
    middle = slice(first, len(given) - last)
    dealt = _dealt(given[middle], before[middle], after[first : len(after) - last])
    return (*given[:first], *dealt, *given[len(given) - last :])


def _is_open_kept(before: Sequence[Dim], after: Sequence[Dim]) -> bool:
    """Whether sizes are known, or one of each side is open and the others hold as many values."""
    if any(isinstance(size, Unknown) for size in (*before, *after)):
        return False
    opens = [sum(size is None for size in sizes) for sizes in (before, after)]
    known = [product(size for size in sizes if size is not None) for sizes in (before, after)]
    return opens == [0, 0] or (opens == [1, 1] and known[0] == known[1])


def _alike(before: Sequence[Dim], after: Sequence[Dim]) -> int:
    """The number of axes at the beginning that keep their length."""
    return next(
        (at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
        min(len(before), len(after)),
    )


def _dealt(given: Sequence[Axis], before: Sequence[Dim], sizes: Sequence[Dim]) -> tuple[Axis, ...]:
    """The parts of some axes, dealt out to axes of other lengths."""
    if any(not isinstance(size, int) for size in (*before, *sizes)):
        return (UNTOLD,) * len(sizes)
    waiting: list[Part] = []
    for axis in given:
        if isinstance(axis, Unknown) or any(not isinstance(part.size, int) for part in axis):
            return (UNTOLD,) * len(sizes)
        waiting.extend(axis)
    waiting.reverse()
    made: list[Axis] = []
    for size in sizes:
        taken = _taken(waiting, size if isinstance(size, int) else 0)
        if taken is None:
            return (*made, *(MIXED,) * (len(sizes) - len(made)))
        made.append(joined(taken))
    return tuple(made)


def _taken(waiting: list[Part], size: int) -> list[Part] | None:
    """The next parts of a size, which are taken away; `None` where the size cuts through a part."""
    taken: list[Part] = []
    while size > 1:
        part = waiting.pop() if waiting else None
        if part is None or not isinstance(part.size, int) or part.size < 1:
            return None
        if size % part.size == 0:
            taken.append(part)
            size //= part.size
        elif part.size % size == 0:
            rest = part.size // size
            taken.append(replace(part, size=size, stride=part.stride * rest))
            waiting.append(replace(part, size=rest))
            size = 1
        else:
            return None
    return taken
