"""CuDNNLSTM and CuDNNGRU: the same layers without a GPU are LSTM, and GRU with `reset_after`, with tensors in another
order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lstmlint.fixing.repairs.repair import (
    Applicability,
    Applied,
    Change,
    Draft,
    Left,
    Repair,
    Stage,
    WeightOperation,
)
from lstmlint.inference.layers.recurrent import gates_of

if TYPE_CHECKING:
    from lstmlint.fixing.repairs.repair import Arrays

NAME = "cudnn-layers"

#: Today's class, and what the layers that only run on a GPU do without a field for it.
CLASSES: Mapping[str, str] = {"CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU"}
BUILT_IN: Mapping[str, Mapping[str, Any]] = {
    "LSTM": {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True},
    "GRU": {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True, "reset_after": True},
}


def apply(draft: Draft) -> Applied:
    notes: list[Change | Left] = []
    for layer in list(draft.layers()):
        if layer.class_name not in CLASSES or (layer.original is not None and layer.original.node.is_custom):
            continue
        class_name = CLASSES[layer.class_name]
        gates = gates_of(class_name).count
        config = {**layer.config, **BUILT_IN[class_name]}
        raw = {**layer.raw, "class_name": class_name, "config": config}
        draft = draft.put(layer.pointer, raw)
        draft = draft.transforming(layer.path, WeightOperation(NAME, partial(rearrange, gates)))
        message = f"{layer.class_name} is {class_name} with the same weights in another order"
        notes.append(Change(NAME, layer.name, message, layer.pointer, layer.raw, raw))
    return draft, tuple(notes)


def rearrange(gates: int, tensors: Arrays) -> Arrays:
    from lstmlint.fixing import relayout  # with NumPy, which only those pay for who write weights

    return relayout.unfused(tensors, gates)


REPAIR = Repair(
    NAME, "makes LSTM and GRU of the layers for GPUs", Stage.WEIGHTS, Applicability.SAFE, ("removed-layer",), apply
)  # fmt: skip
