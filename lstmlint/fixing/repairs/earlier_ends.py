"""A single input or output of a functional model, which the first minor releases of Keras 3 list as one of several.

Source: Keras 3.0.5, 3.3.3 and 3.4.1, `models/functional.py`, `functional_from_config`.
"""

from __future__ import annotations

from lstmlint.fixing.repairs.connections import is_functional
from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Phase, Repair
from lstmlint.ir.document import Pointer
from lstmlint.keras.serialized import ENDS, is_single_end
from lstmlint.keras.versions import Target

NAME = "earlier-ends"

#: The first Keras 3 that was seen to read one without a list around it.
FIRST = (3, 4)


def is_for(target: Target) -> bool:
    """Keras 3 before that."""
    return target.is_keras3 and target.version < FIRST


def apply(draft: Draft) -> Applied:
    notes: list[Edit] = []
    places: list[tuple[Pointer, str]] = [((), draft.model.name)]
    places += [(layer.pointer, layer.name) for layer in draft.layers()]
    for pointer, name in places:
        raw = draft.at(pointer)
        for key in ENDS if is_functional(raw.get("config")) else ():
            value = raw["config"].get(key)
            if is_single_end(value):
                where = (*pointer, "config", key)
                draft = draft.put(where, [value])
                notes.append(Edit(NAME, name, f"{key} is a list of one", where, value, [value]))
    return draft, tuple(notes)


REPAIR = Repair(
    NAME, "lists the single input or output of a model", Phase.EARLIER, Applicability.SAFE, (), apply, is_for=is_for
)  # fmt: skip
