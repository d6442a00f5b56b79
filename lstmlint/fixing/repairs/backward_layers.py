"""A `Bidirectional` around a layer that goes backwards: Keras 1 and 2 turn its copy around, Keras 3 does not.

Keras 2 makes the second direction with `go_backwards = not go_backwards` (Keras 2.3.1, `layers/wrappers.py`), Keras 3
with `True`, and refuses two directions that are one (3.15.1, `layers/rnn/bidirectional.py`) unless the second is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer

NAME = "backward-layers"
KEY = "backward_layer"
DIRECTION = "go_backwards"


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    around = layer.config.get("layer")
    if layer.class_name != "Bidirectional" or not isinstance(around, Mapping) or layer.config.get(KEY) is not None:
        return
    inner = around.get("config")
    if not isinstance(inner, Mapping) or not inner.get(DIRECTION):
        return
    name = str(inner.get("name", "layer")).removeprefix("backward_")
    other = {**around, "config": {**inner, DIRECTION: False, "name": f"backward_{name}"}}
    where = (*layer.pointer, "config", KEY)
    message = "states its second direction, which goes forwards"
    yield {**layer.raw, "config": {**layer.config, KEY: other}}, Edit(NAME, layer.name, message, where, None, other)


REPAIR = Repair(
    NAME, "states the second direction of a Bidirectional whose layer goes backwards", Phase.STRUCTURE,
    Applicability.SAFE, ("k3-config-field-refused",), per_layer(change),
)  # fmt: skip
