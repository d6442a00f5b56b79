"""An obstacle for a file in one Keras: the message of that Keras, its location, its cure."""

from __future__ import annotations

from enum import StrEnum

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Pointer

#: What stands in a message for a config that Keras prints in full.
DUMP = "[…]"


#: What helps where a file holds no architecture.
WEIGHTS_ALONE = "build the model and call model.load_weights(), or name its architecture and these as --weights"


class Stage(StrEnum):
    """The time at which Keras meets an obstacle: it makes the model, compiles it, calls it, computes
    otherwise, or forgets what its optimizer had learned."""

    LOAD = "load"
    COMPILE = "compile"
    CALL = "call"
    COMPUTE = "compute"
    FORGET = "forget"


#: The stages whose obstacles stop a Keras with an exception.
STOPPING = frozenset({Stage.LOAD, Stage.COMPILE, Stage.CALL})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason for which a Keras refuses a file or computes another result.

    `rule` is the rule of `lstmlint check` that explains it, `error` the class of the exception, `message` the text that
    Keras prints (`DUMP` where it prints a whole config; of `compute` obstacles, what differs), `cure` what helps
    where that is not what helps against every obstacle of the rule.
    """

    rule: str
    stage: Stage
    message: str
    pointer: Pointer = ()
    layer: str = ""
    error: str = ""
    cure: str = ""


def obstacle(
    rule: str, error: str, message: str, pointer: Pointer = (), layer: str = "", stage: Stage = Stage.LOAD
) -> Obstacle:
    """An obstacle whose cure its rule knows."""
    return Obstacle(rule, stage, message, pointer, layer, error)
