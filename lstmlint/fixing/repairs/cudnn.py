"""CuDNNLSTM and CuDNNGRU become LSTM, and GRU with `reset_after`, with tensors in another order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lstmlint.fixing.repairs.repair import (
    Applicability,
    Applied,
    Draft,
    Edit,
    Left,
    Phase,
    Repair,
    WeightOperation,
)
from lstmlint.keras.classes import kind_of, traits_of

if TYPE_CHECKING:
    from lstmlint.fixing.repairs.repair import Arrays

NAME = "cudnn-layers"

#: Values that the layers for GPUs always use, without a field for them.
BUILT_IN = ("activation", "recurrent_activation", "use_bias", "reset_after")


def apply(draft: Draft) -> Applied:
    notes: list[Edit | Left] = []
    for layer in list(draft.layers()):
        class_name = traits_of(layer.class_name).plain
        if not class_name or (layer.original is not None and layer.original.node.is_custom):
            continue
        kind = kind_of(class_name)
        config = {**layer.config, **{key: value for key, value in kind.cudnn.items() if key in BUILT_IN}}
        raw = {**layer.raw, "class_name": class_name, "config": config}
        draft = draft.put(layer.pointer, raw)
        draft = draft.transforming(layer.path, WeightOperation(NAME, partial(rearrange, len(kind.gates))))
        message = f"{layer.class_name} is {class_name} with the same weights in another order"
        notes.append(Edit(NAME, layer.name, message, layer.pointer, layer.raw, raw))
    return draft, tuple(notes)


def rearrange(gates: int, tensors: Arrays) -> Arrays:
    """The tensors of a cuDNN layer in the order of the layer without a GPU."""
    from lstmlint.fixing import relayout  # imports NumPy, which only writing weights needs

    return relayout.unfused(tensors, gates)


REPAIR = Repair(
    NAME, "turns the layers for GPUs into LSTM and GRU", Phase.WEIGHTS, Applicability.SAFE, ("removed-layer",), apply
)  # fmt: skip
