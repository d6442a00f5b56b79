"""A Sequential as a list of layers without a name, as Keras wrote it up to 2.2.2."""

from __future__ import annotations

from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Left, Phase, Repair
from lstmlint.ir.document import Pointer

NAME = "sequential-list"


def apply(draft: Draft) -> Applied:
    notes: list[Edit | Left] = []
    objects: list[tuple[Pointer, str]] = [((), draft.model.name or "sequential")]
    objects += [(layer.pointer, layer.path[-1]) for layer in draft.layers()]
    for pointer, name in sorted(objects, key=lambda one: len(one[0]), reverse=True):
        raw: Any = draft.at(pointer)
        if isinstance(raw.get("config"), list):
            config = {"name": name, "layers": raw["config"]}
            message = "its list of layers becomes an object with a name"
            notes.append(Edit(NAME, name, message, (*pointer, "config"), None, {"name": name}))
            draft = draft.put(pointer, {**raw, "config": config})
    return draft, tuple(notes)


REPAIR = Repair(
    NAME, "writes a Sequential's list of layers as an object", Phase.STRUCTURE, Applicability.SAFE,
    ("keras1-config", "k3-legacy-json"), apply,
)  # fmt: skip
