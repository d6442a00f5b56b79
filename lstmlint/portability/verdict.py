"""The outcome of a file in each Keras: it loads, loads in part, loads and computes otherwise, or fails."""

from __future__ import annotations

from enum import StrEnum

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Model
from lstmlint.keras.classes import traits_of
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders import obstacles
from lstmlint.portability.obstacle import Obstacle, Stage


class Outcome(StrEnum):
    """The outcomes of loading a file, the best first."""

    LOADS = "loads"
    FORGETS = "loads, optimizer state dropped"
    DIFFERS = "loads, computes differently"
    UNCOMPILED = "loads with compile=False"
    UNCALLABLE = "loads, fails when called"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome in one Keras, and its obstacles: the one that decides first, then the others that it would meet.

    `needs_tensorflow` are the classes of the layers for which this Keras must find TensorFlow, on any backend.
    """

    target: Target
    outcome: Outcome
    obstacles: tuple[Obstacle, ...] = ()
    needs_tensorflow: tuple[str, ...] = ()

    @property
    def reason(self) -> Obstacle | None:
        """The obstacle that decided."""
        return self.obstacles[0] if self.obstacles else None


#: The outcome that an obstacle of each stage has, the gravest first.
OUTCOMES = (
    (Stage.LOAD, Outcome.FAILS),
    (Stage.CALL, Outcome.UNCALLABLE),
    (Stage.COMPILE, Outcome.UNCOMPILED),
    (Stage.COMPUTE, Outcome.DIFFERS),
    (Stage.FORGET, Outcome.FORGETS),
)


def verdict(model: Model, target: Target) -> Verdict:
    """The verdict of a Keras on a file."""
    ordered = decisive_first(obstacles(model, target))
    outcome = dict(OUTCOMES)[ordered[0].stage] if ordered else Outcome.LOADS
    is_made = target.is_keras3 and outcome is not Outcome.FAILS
    return Verdict(target, outcome, ordered, needing_tensorflow(model) if is_made else ())


def needing_tensorflow(model: Model) -> tuple[str, ...]:
    """The classes of the layers that Keras 3 makes only where TensorFlow is installed, in the order of the model."""
    classes = dict.fromkeys(layer.class_name for layer in model.all_layers)
    return tuple(name for name in classes if traits_of(name).needs_tensorflow)


def decisive_first(all_obstacles: tuple[Obstacle, ...]) -> tuple[Obstacle, ...]:
    """The obstacles, with the first of the gravest stage before the others, which keep their order."""
    for stage, _ in OUTCOMES:
        deciding = next((one for one in all_obstacles if one.stage is stage), None)
        if deciding is not None:
            return (deciding, *(one for one in all_obstacles if one is not deciding))
    return ()
