"""Variables of layers, as the layer functions declare them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.shape import Dims, Unknown, Witness


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable of a layer: its name within the layer, its shape, and its dtype (empty: the layer's dtype).

    `trainable` is unknown where only the stored tensor is known. Weights with the same `variable` are one variable; an
    empty `variable` means that the weight is not shared.
    """

    name: str
    shape: Dims
    trainable: bool | Unknown = True
    dtype: str = ""
    witness: Witness = Witness.INFERRED
    variable: str = ""


Weights: TypeAlias = tuple[Weight, ...] | Unknown


def distinct(parts: Iterable[Weights]) -> Iterator[Weights]:
    """The weights of several layers, without the weights that an earlier layer shares."""
    seen: set[str] = set()
    for part in parts:
        if isinstance(part, Unknown):
            yield part
            continue
        yield tuple(weight for weight in part if not weight.variable or weight.variable not in seen)
        seen.update(weight.variable for weight in part)
