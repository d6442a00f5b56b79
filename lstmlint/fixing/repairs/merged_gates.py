"""Kernel, recurrent kernel and bias of each gate of recurrent layers of Keras 1, put side by side as since Keras 2."""

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
from lstmlint.keras.classes import traits_of

if TYPE_CHECKING:
    from lstmlint.fixing.repairs.repair import Arrays

NAME = "merged-gates"


def apply(draft: Draft) -> Applied:
    graph = draft.model.graph
    notes: list[Edit | Left] = []
    if graph is None or not graph.semantics.separate_gate_weights:
        return draft, ()
    for layer in draft.layers():
        node = layer.original.node if layer.original else None
        if node is None or node.is_custom or node.config.get("consume_less") == "gpu":
            continue
        traits = traits_of(node.class_name)
        gates = len(traits.kind.gates) if traits.kind is not None else 0
        if gates <= 1:
            continue
        is_theanos = bool(traits.dimensions) and node.config.get("data_format") == "channels_first"
        draft = draft.transforming(layer.path, WeightOperation(NAME, partial(merge, gates, is_theanos)))
        notes.append(Edit(NAME, layer.name, f"{3 * gates} tensors, 3 for each gate, are merged into 3"))
    return draft, tuple(notes)


def merge(gates: int, is_theanos: bool, tensors: Arrays) -> Arrays:
    """Kernel, recurrent kernel and bias of all gates; kernels of Theano's ConvLSTM2D are reordered first."""
    from lstmlint.fixing import relayout  # imports NumPy, which only writing weights needs

    if is_theanos:
        tensors = tuple(relayout.outputs_last(tensor) if tensor.ndim > 1 else tensor for tensor in tensors)
    return relayout.merged_gates(tensors, gates)


REPAIR = Repair(
    NAME, "merges the tensors that Keras 1 stores for each gate", Phase.WEIGHTS, Applicability.SAFE, ("keras1-config",),
    apply,
)  # fmt: skip
