"""`time_major`, which tf.keras wrote for every recurrent layer and Keras 3 refuses.

Source: Keras 3, `layers/rnn/rnn.py`, which has no such parameter and always takes (batch, time, features).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer

NAME = "time-major"
KEY = "time_major"


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    if KEY not in layer.config:
        return
    if layer.config[KEY]:
        message = "time_major is true: today's Keras cannot read (time, batch, features); permute its input"
        yield Left(NAME, layer.name, message, (*layer.pointer, "config", KEY))
        return
    config = {key: value for key, value in layer.config.items() if key != KEY}
    note = Edit(NAME, layer.name, "time_major: false is dropped", (*layer.pointer, "config", KEY), layer.config[KEY])
    yield {**layer.raw, "config": config}, note


REPAIR = Repair(
    NAME, "drops time_major: false", Phase.FIELDS, Applicability.SAFE, ("k3-time-major",), per_layer(change)
)  # fmt: skip
