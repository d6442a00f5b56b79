"""Compile settings with the fields that an earlier Keras knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.fixing.repairs.earlier_fields import NOTHING_SAID
from lstmlint.fixing.repairs.repair import Applicability, Applied, Draft, Edit, Left, Phase, Repair, is_earlier
from lstmlint.ir.dataclass import replace
from lstmlint.keras.compiled import FUNCTION_KEYS, OPTIMIZER_KEYS
from lstmlint.keras.facts import facts_of
from lstmlint.keras.versions import Target

NAME = "earlier-training"

#: Fields that say nothing of how a model trains.
UNSAID = frozenset({"name", "dtype"})

#: Fields of optimizers whose defaults say nothing (Keras 3.15.1, `optimizers/base_optimizer.py`).
DEFAULTS: Mapping[str, Any] = {"ema_momentum": 0.99}


def apply(draft: Draft) -> Applied:
    record = draft.training_config
    if not isinstance(record, Mapping):
        return draft, ()
    kinds = {**dict.fromkeys(OPTIMIZER_KEYS, "optimizer"), **FUNCTION_KEYS}
    lost: list[str] = []
    written = {
        key: known(value, kinds[key], draft.target, lost) if key in kinds else value for key, value in record.items()
    }
    notes: list[Edit | Left] = [Left(NAME, text.partition(" ")[0], text) for text in lost]
    if written != record:
        notes.append(Edit(NAME, "", "its compile settings have the fields of that Keras", None, record, written))
    return replace(draft, training_config=written), tuple(notes)


def known(value: Any, kind: str, target: Target, lost: list[str]) -> Any:
    """Optimizers, losses or metrics with the fields that a Keras knows; what is lost is added to a list."""
    if isinstance(value, list):
        return [known(item, kind, target, lost) for item in value]
    if not isinstance(value, Mapping):
        return value
    config = value.get("config")
    if not isinstance(value.get("class_name"), str) or not isinstance(config, Mapping):
        return value if "class_name" in value else {key: known(v, kind, target, lost) for key, v in value.items()}
    taken = facts_of(target).takes(kind, value["class_name"])
    kept = {key: item for key, item in config.items() if taken is None or key in taken}
    for key, item in config.items():
        if key not in kept and key not in UNSAID and item not in NOTHING_SAID and item != DEFAULTS.get(key):
            lost.append(f"{kind} {value['class_name']} of {target.name} has no {key}, here {item!r}")
    return {**value, "config": kept}


REPAIR = Repair(
    NAME, "writes the compile settings with the fields of an earlier Keras", Phase.EARLIER, Applicability.SAFE, (),
    apply, is_for=is_earlier,
)  # fmt: skip
