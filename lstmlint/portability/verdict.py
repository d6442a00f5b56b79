"""What becomes of a file in each Keras: it loads, loads if not compiled, loads and computes otherwise, or fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lstmlint.model import Model
from lstmlint.portability.loaders import obstacles
from lstmlint.portability.obstacle import Obstacle, Stage
from lstmlint.portability.versions import Target


class Outcome(StrEnum):
    """What becomes of a file, the best first."""

    LOADS = "loads"
    DIFFERS = "loads, computes differently"
    UNCOMPILED = "loads with compile=False"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one Keras makes of a file: the obstacle that decides comes first, then the others that it would meet."""

    target: Target
    outcome: Outcome
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def reason(self) -> Obstacle | None:
        """What decided."""
        return self.obstacles[0] if self.obstacles else None


#: The outcome that an obstacle of each stage has, the gravest first.
OUTCOMES = (
    (Stage.LOAD, Outcome.FAILS),
    (Stage.COMPILE, Outcome.UNCOMPILED),
    (Stage.COMPUTE, Outcome.DIFFERS),
)


def verdict(model: Model, target: Target) -> Verdict:
    """What a Keras makes of a file."""
    found = tuple(obstacles(model, target))
    for stage, outcome in OUTCOMES:
        deciding = [one for one in found if one.stage is stage]
        if deciding:
            others = (one for one in found if one is not deciding[0])
            return Verdict(target, outcome, (deciding[0], *others))
    return Verdict(target, Outcome.LOADS)
