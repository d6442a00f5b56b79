"""`implementation: 1` with dropout, which Keras 1 and 2 wrote and with which Keras 3 cannot train an LSTM or GRU.

Every implementation computes the same outputs. Implementation 2 draws one dropout mask for all gates, 1 draws one for
each gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.analyses.implementations import KEY, cannot_train, wrapper_of
from lstmlint.fixing.repairs.repair import Applicability, Draft, DraftLayer, Edit, Left, Phase, Repair, per_layer

NAME = "dropout-implementation"


def change(layer: DraftLayer, draft: Draft) -> Iterator[tuple[Any, Edit] | Left]:
    if layer.original is not None and layer.original.node.is_custom:
        return
    if not cannot_train(layer.class_name, layer.config, wrapper_of(draft.config, layer.pointer)):
        return
    message = "implementation is 2, as today's Keras cannot train with dropout and 1"
    note = Edit(NAME, layer.name, message, (*layer.pointer, "config", KEY), layer.config[KEY], 2)
    yield {**layer.raw, "config": {**layer.config, KEY: 2}}, note


REPAIR = Repair(
    NAME, "writes implementation: 2 where today's Keras cannot train with 1 and dropout", Phase.TRAINING,
    Applicability.SAFE, ("k3-dropout-implementation",), per_layer(change),
)  # fmt: skip
