"""A variable that a layer creates, as its layer function declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from lstmlint.ir.shape import Dims, Unknown, Witness


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable that the layer creates: its name within the layer, its shape, and its dtype (empty: the layer's).

    Whether training changes it is unknown where only the stored tensor tells of it.
    """

    name: str
    shape: Dims
    trainable: bool | Unknown = True
    dtype: str = ""
    witness: Witness = Witness.INFERRED


Weights: TypeAlias = tuple[Weight, ...] | Unknown
