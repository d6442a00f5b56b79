"""Input layers as earlier Kerases state them: Keras 2 calls the shape `batch_input_shape`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.fixing.repairs.repair import (
    Applicability,
    Draft,
    DraftLayer,
    Edit,
    Left,
    Phase,
    Repair,
    is_earlier,
    per_layer,
)

NAME = "earlier-inputs"
SHAPE = "batch_shape"

#: Fields that some Keras does not know and that say nothing where they are false.
FLAGS = ("optional", "ragged")


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    if layer.class_name != "InputLayer":
        return
    config = {key: value for key, value in layer.config.items() if key not in FLAGS or value}
    if config.get("optional"):
        message = f"{draft.target.name} has no optional inputs"
        yield Left(NAME, layer.name, message, (*layer.pointer, "config", "optional"))
        return
    if not draft.target.is_keras3 and SHAPE in config:
        shape = {"batch_input_shape": config.pop(SHAPE)}
        config = {**shape, "sparse": False, **config}
    if config != layer.config:
        note = Edit(
            NAME,
            layer.name,
            "states its shape as that Keras reads it",
            (*layer.pointer, "config"),
            layer.config,
            config,
        )
        yield {**layer.raw, "config": config}, note


REPAIR = Repair(
    NAME, "states the shapes of inputs as an earlier Keras reads them", Phase.EARLIER, Applicability.SAFE, (),
    per_layer(change), is_for=is_earlier,
)  # fmt: skip
