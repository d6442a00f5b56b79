"""Layers of a Sequential with several outputs."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model


@dataclass(frozen=True, slots=True)
class ManyOutputs:
    """A layer of a Sequential with several outputs, and the next layer, which refuses them (`None` behind the last)."""

    layer: Layer
    count: int
    follower: Layer | None


@asked_once
def many_outputs(model: Model) -> Iterator[ManyOutputs]:
    """The layers of a Sequential, nested ones included, whose several outputs the Keras that wrote the file refuses."""
    for inner in model.all_models:
        if inner.graph is None or not inner.graph.is_sequential:
            continue
        lists_pass = inner.graph.semantics.sequential_passes_lists
        for index, layer in enumerate(inner.layers):
            outputs = layer.outputs
            follower = inner.layers[index + 1] if index + 1 < len(inner.layers) else None
            if not isinstance(outputs, list) or len(outputs) < 2 or layer.class_name == "InputLayer":
                continue
            if not lists_pass or (follower is not None and _refuses(follower)):
                yield ManyOutputs(layer, len(outputs), follower)


def _refuses(layer: Layer) -> bool:
    return any(call.conflict is not None for call in layer.calls)
