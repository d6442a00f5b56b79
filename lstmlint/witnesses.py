"""Three witnesses of one value: the configs, shapes recorded beside them, stored tensors. What one does not know, the
next one fills in, and the value says who told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lstmlint.document import StoredLayer
from lstmlint.graph import Graph, Node
from lstmlint.layers.call import Weight, Weights
from lstmlint.model import Layer
from lstmlint.recognize import UNTOLD
from lstmlint.shape import Dim, Dims, Shape, Structure, Unknown, Witness, is_dims
from lstmlint.stored import agrees, stored_weights

#: The rank of the input of a layer whose kernel's last axis but one are the input's features.
KERNEL_RANKS: Mapping[str, int] = {
    "LSTM": 3, "GRU": 3, "SimpleRNN": 3, "CuDNNLSTM": 3, "CuDNNGRU": 3, "Bidirectional": 3,
    "Conv1D": 3, "Conv2D": 4, "Conv3D": 5,
}  # fmt: skip

UNRECORDED = Unknown("the file records no input shape")


def completed(inferred: Structure, recorded: Shape | None) -> tuple[Structure, Witness]:
    """A shape whose unknown parts are taken from a recorded one, and who tells it."""
    if recorded is None or isinstance(recorded, Unknown):
        return inferred, Witness.INFERRED
    if isinstance(inferred, Unknown):
        return recorded, Witness.RECORDED
    if not is_dims(inferred) or len(inferred) != len(recorded) or not any(isinstance(dim, Unknown) for dim in inferred):
        return inferred, Witness.INFERRED
    dims = tuple(_first_known(dim, other) for dim, other in zip(inferred, recorded, strict=True))
    return dims, Witness.RECORDED


def with_stored(layer: Layer) -> Layer:
    """A layer whose unknown weights are those that the file stores for it."""
    tensors = stored_weights(layer)
    if not tensors:
        return layer
    if isinstance(layer.weights, Unknown):
        untold = UNTOLD if layer.node.is_trainable else False
        stored: Weights = tuple(
            Weight(tensor.name, tensor.shape, untold, tensor.dtype, Witness.STORED) for tensor in tensors
        )
        return replace(layer, weights=stored)
    if len(tensors) != len(layer.weights) or not any(_has_unknown(weight.shape) for weight in layer.weights):
        return layer
    pairs = list(zip(layer.weights, tensors, strict=True))
    if not all(agrees(weight.shape, tensor.shape) for weight, tensor in pairs):
        return layer
    return replace(
        layer,
        weights=tuple(
            replace(weight, shape=tensor.shape, witness=Witness.STORED) if _has_unknown(weight.shape) else weight
            for weight, tensor in pairs
        ),
    )


def input_from_kernel(graph: Graph, stored: Mapping[str, StoredLayer]) -> Structure | None:
    """The input of a Sequential that records none, as far as the first layer's stored kernel tells it."""
    if not graph.is_sequential or len(graph.nodes) < 2 or "batch_shape" in graph.nodes[0].config:
        return None
    first = graph.nodes[1]
    rank, features = KERNEL_RANKS.get(first.class_name), _features(first, stored)
    if rank is None or features is None or first.config.get("data_format") == "channels_first":
        return None
    return ((UNRECORDED,) * (rank - 1)) + (features,)


def _features(node: Node, stored: Mapping[str, StoredLayer]) -> int | None:
    tensors = stored[node.name].tensors if node.name in stored else ()
    kernel = next((tensor for tensor in tensors if len(tensor.shape) >= 2), None)
    return None if kernel is None else kernel.shape[-2]


def _first_known(dim: Dim, other: Dim) -> Dim:
    return other if isinstance(dim, Unknown) else dim


def _has_unknown(shape: Dims) -> bool:
    return any(isinstance(dim, Unknown) for dim in shape)
