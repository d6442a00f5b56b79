"""Objects without modules and recorded shapes, as every Keras 2 reads them; it finds its own classes by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Phase, Repair, is_keras2
from lstmlint.keras.facts import facts_of
from lstmlint.keras.ownership import is_foreign

NAME = "earlier-modules"

#: What Keras 3 writes beside a class and its config.
BESIDE = frozenset({"module", "registered_name", "build_config"})


def apply(draft: Draft) -> Applied:
    is_known = "Functional" in facts_of(draft.target).names
    config = without_modules(draft.config, {} if is_known else {"Functional": "Model"})
    if config == draft.config:
        return draft, ()
    return draft.put((), config), (Edit(NAME, draft.model.name, "its classes are named without modules", ()),)


def without_modules(value: Any, names: Mapping[str, str]) -> Any:
    """A config in which Keras' own objects are a class, by its other name, and a config, and functions are names."""
    if isinstance(value, list):
        return [without_modules(item, names) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value or is_foreign(value):
        return {key: without_modules(item, names) for key, item in value.items()}
    if value["class_name"] == "function" and isinstance(value.get("config"), str):
        return value["config"]
    written = {key: without_modules(item, names) for key, item in value.items() if key not in BESIDE}
    return {**written, "class_name": names.get(str(value["class_name"]), value["class_name"])}


REPAIR = Repair(
    NAME, "names classes as Keras 2 does", Phase.EARLIER_FORM, Applicability.SAFE, (), apply, is_for=is_keras2
)  # fmt: skip
