"""The shapes that a MultiHeadAttention of Keras 2 wants in its config (2.15, `multi_head_attention.py`).

Keras 3 records them beside it, for building; where it does not, Keras 2 builds the layer when it is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import (
    Applicability,
    Draft,
    DraftLayer,
    Edit,
    Left,
    Phase,
    Repair,
    is_keras2,
    per_layer,
)

NAME = "earlier-attention"

SHAPES = ("query_shape", "value_shape", "key_shape")


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    if layer.class_name != "MultiHeadAttention" or any(key in layer.config for key in SHAPES):
        return
    build = layer.raw.get("build_config")
    recorded = build.get("shapes_dict") if isinstance(build, Mapping) else None
    query, value, key = (recorded.get(key) if isinstance(recorded, Mapping) else None for key in SHAPES)
    shapes = dict(zip(SHAPES, (query, value, key or value), strict=True))
    config = {**layer.config, **shapes}
    note = Edit(NAME, layer.name, "states the shapes of its inputs", (*layer.pointer, "config"), None, shapes)
    yield {**layer.raw, "config": config}, note


REPAIR = Repair(
    NAME, "states the shapes of attention as Keras 2 wants them", Phase.EARLIER, Applicability.SAFE, (),
    per_layer(change), is_for=is_keras2,
)  # fmt: skip
