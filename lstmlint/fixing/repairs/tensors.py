"""Tensors between layers as the files of Keras 2 and 3 name them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lstmlint.dialects.inbound import CONSTANT
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.graph import TensorRef
from lstmlint.ir.model import Model
from lstmlint.ir.shape import is_dims, leaves


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of the tensors of one model, as a file must state them."""

    model: Model

    @property
    def names(self) -> Collection[str]:
        """The names of the layers."""
        return self.model.by_name.keys()

    def of(self, reference: TensorRef) -> list[int | None]:
        """The shape of a tensor, with `None` for open or unknown dimensions; Keras determines it again on loading."""
        layer = self.model.producer(reference)
        calls = layer.calls if layer is not None else ()
        shapes = list(leaves(calls[reference.call].outputs)) if 0 <= reference.call < len(calls) else []
        shape = shapes[reference.index] if -len(shapes) <= reference.index < len(shapes) else None
        if not is_dims(shape):
            return [None]
        return [dim if isinstance(dim, int) else None for dim in shape]


def keras_tensor(reference: TensorRef, shapes: Shapes) -> dict[str, Any]:
    """A tensor as Keras 3 writes it."""
    history = [reference.layer, reference.call, reference.index]
    config = {"shape": shapes.of(reference), "dtype": "float32", "keras_history": history}
    return {"class_name": "__keras_tensor__", "config": config}


def is_list_form(item: Any) -> bool:
    """Whether a layer's calls are lists, as in files of Keras 1 and 2."""
    nodes = item.get("inbound_nodes") if isinstance(item, Mapping) else None
    return isinstance(nodes, list) and any(not isinstance(node, Mapping) or "args" not in node for node in nodes)


def constants(value: Any) -> bool:
    """Whether a call in list form has a constant in place of a tensor."""
    if isinstance(value, list):
        return value[:1] == [CONSTANT] or any(constants(item) for item in value)
    return isinstance(value, Mapping) and any(constants(item) for item in value.values())
