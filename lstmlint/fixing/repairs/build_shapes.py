"""The recorded input shapes from which today's Keras builds layers with several inputs.

Keras 2 writes the shapes of a recurrent layer's sequence and states into `build_config` as one list, which Keras 3
takes for the shape of one tensor. For an attention layer it writes the shape of the query only, where Keras 3 wants
all shapes. Without a record, Keras builds a layer from its call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer
from lstmlint.keras.classes import traits_of

NAME = "build-shapes"

ATTENTION = "MultiHeadAttention"


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    record = layer.raw.get("build_config")
    shapes = record.get("input_shape") if isinstance(record, Mapping) else None
    if not isinstance(record, Mapping) or not isinstance(shapes, list):
        return
    where = (*layer.pointer, "build_config", "input_shape")
    traits = traits_of(layer.class_name)
    if (traits.has_gates or traits.is_recurrent) and shapes and isinstance(shapes[0], list):
        raw = {**layer.raw, "build_config": {**record, "input_shape": shapes[0]}}
        yield raw, Edit(NAME, layer.name, "is built from the shape of its sequence", where, shapes, shapes[0])
    elif layer.class_name == ATTENTION:
        raw = {key: value for key, value in layer.raw.items() if key != "build_config"}
        yield raw, Edit(NAME, layer.name, "is built from all its inputs", where[:-1], record)


REPAIR = Repair(
    NAME, "records the input shapes from which today's Keras builds", Phase.FIELDS, Applicability.SAFE,
    ("k3-initial-state-legacy", "k3-config-field-refused"), per_layer(change),
)  # fmt: skip
