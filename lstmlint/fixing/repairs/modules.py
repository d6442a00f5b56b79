"""Modules of classes: today's files name the module of every layer, and the registered name of custom layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Left, Phase, Repair
from lstmlint.ir.document import Pointer
from lstmlint.ir.graph import OPERATION
from lstmlint.keras.ownership import is_foreign

NAME = "modules"

LAYERS = "keras.layers"

#: The module and registered name that Keras writes for models.
MODELS: Mapping[str, tuple[str, str | None]] = {
    "Sequential": ("keras", None),
    "Functional": ("keras.src.models.functional", "Functional"),
    "Model": ("keras.src.models.functional", "Functional"),
}

#: Prefixes of modules of operations; the repair that makes an operation writes its module.
OPERATIONS = ("keras.src.ops.", "keras.ops")


def apply(draft: Draft) -> Applied:
    notes: list[Edit | Left] = []
    custom = {layer.pointer for layer in draft.layers() if layer.original is not None and layer.original.node.is_custom}
    objects: list[tuple[Pointer, str]] = [((), draft.model.name)]
    objects += [(layer.pointer, layer.name) for layer in draft.layers()]
    for pointer, name in objects:
        raw = draft.at(pointer)
        new = None if pointer in custom else placed(raw)
        if new is not None and new != raw:
            draft = draft.put(pointer, new)
            message = f"{new['class_name']} is found in {new['module']}"
            notes.append(Edit(NAME, name, message, (*pointer, "module"), raw.get("module"), new["module"]))
    return draft, tuple(notes)


def placed(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """An object with its module and registered name; `None` for an object that is not Keras' own."""
    class_name, config = str(raw.get("class_name")), raw.get("config")
    if str(raw.get("module")).startswith(OPERATIONS) or class_name.startswith(OPERATION):
        return None
    is_model = class_name in MODELS and isinstance(config, Mapping) and "layers" in config
    if is_foreign(raw) or not (is_model or today.has_class(class_name)):
        return None
    module, registered = MODELS[class_name] if is_model else (LAYERS, None)
    name = "Functional" if class_name == "Model" else class_name
    rest = {key: value for key, value in raw.items() if key not in OLD}
    return {"module": module, "class_name": name, "config": config, "registered_name": registered, **rest}


#: Keys that this repair writes, or that Keras 2 put beside a layer for its own use.
OLD = frozenset({
    "module", "class_name", "config", "registered_name", "keras_version", "backend", "shared_object_id",
    "__passive_serialization__",
})  # fmt: skip


REPAIR = Repair(
    NAME, "names the module of every class", Phase.LABELS, Applicability.SAFE,
    ("k3-legacy-json", "k3-functional-module"), apply,
)  # fmt: skip
