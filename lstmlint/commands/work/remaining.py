"""The faults that are left in a repaired model: refusals of today's Keras, and errors that rules find."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lstmlint import pipeline
from lstmlint.fixing.repairs.repair import Left
from lstmlint.ir.dataclass import replace
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.keras.compiled import FUNCTION_KEYS
from lstmlint.keras.versions import NEWEST, Target
from lstmlint.linting.causes import singles
from lstmlint.portability.obstacle import STOPPING, Stage
from lstmlint.portability.verdict import verdict
from lstmlint.settings.settings import Settings

#: What `fix` names in place of a layer where it speaks of how the model was compiled.
COMPILED = frozenset({"optimizer", *FUNCTION_KEYS})


#: What explains that a model cannot be compiled where loading compiles it, as from JSON.
COMPILE_RULE = "compile-refused"


def remaining(model: Model, told: tuple[Left, ...], settings: Settings, target: Target = NEWEST) -> Iterator[Left]:
    """The faults of a repaired model that are left for the user and not in `told` yet, each layer once."""
    known = list(told)
    for one in verdict(model, target).obstacles:
        says = "cannot call this" if one.stage is Stage.CALL else "still refuses this"
        note = Left(one.rule, one.layer, f"{target.name} {says}: {one.message}", one.pointer)
        is_of_training = one.stage is Stage.COMPILE or one.rule == COMPILE_RULE
        is_known = is_told(note, known, one.message) or (is_of_training and any(n.layer in COMPILED for n in told))
        if one.stage in STOPPING and not is_known:
            known.append(note)
            yield note
    # The targets of the settings are those of the old file.
    for single in singles(pipeline.judge(model, replace(settings, target=())).diagnostics):
        place, message = single.finding.location, single.finding.message
        note = Left(single.rule, place.layer, f"{message} ({single.rule})", place.pointer)
        if single.severity is Severity.ERROR and not is_told(note, known, message):
            known.append(note)
            yield note


def is_told(note: Left, known: list[Left], message: str) -> bool:
    """Whether a known note has the same layer or, for a note without a layer, names the first name of the message."""
    if note.layer:
        return any(_last(note.layer) == _last(other.layer) for other in known)
    names = re.findall(r"'[^']+'", message)[:1]
    return any(name in other.message for name in names for other in known)


def _last(layer: str) -> str:
    return layer.rpartition("/")[2]
