"""Names of layers with a slash: today's Keras refuses them, because names become paths (`layers/layer.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Left, Phase, Repair
from lstmlint.ir.dataclass import replace

NAME = "layer-names"
SLASH = "/"


def apply(draft: Draft) -> Applied:
    taken = {layer.path[-1] for layer in draft.layers()}
    renamed: dict[str, str] = {}
    for name in sorted(name for name in taken if SLASH in name and not name.startswith("cells/")):
        new = name.replace(SLASH, "_")
        while new in taken:
            new += "_"
        taken.add(new)
        renamed[name] = new
    wrapped = {layer.config.get("name") for layer in draft.layers()} | {draft.config.get("config", {}).get("name")}
    inner = {name for name in wrapped if isinstance(name, str) and SLASH in name}
    renamed.update({name: name.replace(SLASH, "_") for name in inner - set(renamed)})
    if not renamed:
        return draft, ()
    notes: list[Edit | Left] = [
        Edit(NAME, old, f"is called {new}, as names have no slash today", None, old, new)
        for old, new in renamed.items()
    ]
    was = {new: draft.renamed.get(old, old) for old, new in renamed.items()}
    changed = replace(draft, config=substituted(draft.config, renamed), renamed={**draft.renamed, **was})
    return changed, tuple(notes)


def substituted(value: Any, renamed: Mapping[str, str]) -> Any:
    """A config with other names of layers, in `name` keys and in the history of tensors."""
    if isinstance(value, list):
        is_reference = len(value) == 3 and isinstance(value[0], str) and isinstance(value[1], int)
        if is_reference and value[0] in renamed:
            return [renamed[value[0]], *value[1:]]
        return [substituted(item, renamed) for item in value]
    if isinstance(value, Mapping):
        return {
            key: renamed.get(item, item) if key == "name" and isinstance(item, str) else substituted(item, renamed)
            for key, item in value.items()
        }
    return value


REPAIR = Repair(
    NAME, "renames layers whose names have a slash", Phase.LABELS, Applicability.SAFE,
    ("k3-config-field-refused",), apply,
)  # fmt: skip
