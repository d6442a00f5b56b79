"""Fields that a file leaves out and whose default has changed: the old default is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer

NAME = "moved-defaults"


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    original = layer.original
    if original is None or original.node.is_custom or original.node.class_name != layer.class_name:
        return
    taken, now = today.keys(layer.class_name), today.defaults(layer.class_name)
    added = {
        key: value
        for key, value in original.node.config.items()
        if key in taken and key in now and key not in layer.config and value != now[key]
    }
    if added:
        said = ", ".join(f"{key}: {value!r}" for key, value in added.items())
        config = {**layer.config, **added}
        message = f"{said} is written, because today's default differs"
        note = Edit(NAME, layer.name, message, (*layer.pointer, "config"), None, added)
        yield {**layer.raw, "config": config}, note


REPAIR = Repair(
    NAME, "writes defaults that have changed since", Phase.FIELDS, Applicability.SAFE, (), per_layer(change)
)  # fmt: skip
