"""The kinship of two models by their stored values: which layers hold the same, and which began as the same."""

from __future__ import annotations

from enum import StrEnum

from lstmlint.ir.dataclass import dataclass


class Kin(StrEnum):
    """The kinship of the weights of two layers with the same shapes.

    Equal bytes prove a copy. Recurrent kernels of one start or copy have a cosine above 0.5; of 5,493 pairs of
    unrelated ones none had more than 0.075. Other weights do not tell.
    """

    EQUAL = "equal bytes"
    SAME_START = "same start or copy"
    UNRELATED = "unrelated"
    UNTOLD = "other values"


@dataclass(frozen=True, slots=True)
class LayerKin:
    """A layer of each model and their kinship; `cosine` is that of recurrent kernels, where both have one.

    `is_same` says whether they hold equal bytes; where these are too few to tell a copy, the kinship is untold.
    """

    layer: str
    other: str
    kin: Kin
    cosine: float | None = None
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """The kinship of all layers with weights of a model, in its order; `alone` are those without a partner."""

    layers: tuple[LayerKin, ...]
    alone: tuple[str, ...] = ()

    def of(self, kin: Kin) -> tuple[LayerKin, ...]:
        """The layers of a kinship."""
        return tuple(one for one in self.layers if one.kin is kin)

    @property
    def is_same(self) -> bool:
        """Whether every layer has a partner with equal bytes."""
        return not self.alone and all(one.is_same for one in self.layers)

    @property
    def is_kin(self) -> bool:
        """Whether a layer is a copy, or began as the same."""
        return bool(self.of(Kin.EQUAL) or self.of(Kin.SAME_START))

    @property
    def rank(self) -> tuple[int, float]:
        """What sorts kin: the number of copied layers, then the largest cosine."""
        return len(self.of(Kin.EQUAL)), max((one.cosine for one in self.layers if one.cosine is not None), default=0.0)
