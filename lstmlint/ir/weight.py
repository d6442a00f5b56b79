"""A variable that a layer creates, as its layer function declares it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lstmlint.ir.shape import Dims, Unknown, Witness


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable that the layer creates: its name within the layer, its shape, and its dtype (empty: the layer's).

    Whether training changes it is unknown where only the stored tensor tells of it. Weights of the same `variable` are
    one; an empty one is like no other.
    """

    name: str
    shape: Dims
    trainable: bool | Unknown = True
    dtype: str = ""
    witness: Witness = Witness.INFERRED
    variable: str = ""


Weights: TypeAlias = tuple[Weight, ...] | Unknown


def distinct(parts: Iterable[Weights]) -> Iterator[Weights]:
    """The weights of several layers, without those that an earlier one has already."""
    seen: set[str] = set()
    for part in parts:
        if isinstance(part, Unknown):
            yield part
            continue
        yield tuple(weight for weight in part if not weight.variable or weight.variable not in seen)
        seen.update(weight.variable for weight in part)
