"""Stored tensors of each layer of the outermost model, and whether they fit it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Document, StoredLayer, StoredTensor, WeightNaming
from lstmlint.ir.graph import Graph, Node
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Dims, Unknown
from lstmlint.ir.weight import Weight
from lstmlint.keras.names import snake_case

#: Name in Python, after which archives name a group, of classes that have another name in configs.
PYTHON_NAMES: Mapping[str, str] = {"GroupQueryAttention": "GroupedQueryAttention", "Model": "Functional"}


def stored_by_layer(document: Document, graph: Graph | None) -> Mapping[str, StoredLayer]:
    """The stored layers by the name of the layer in the graph.

    `.keras` archives name a group after the layer's class and its position among the layers of that class
    (Keras, `saving/saving_lib.py`, `_save_container_state`). tf.keras 2.12 and 2.13 walk a list in which a layer with
    weights stands twice (`engine/functional.py`, `_layer_checkpoint_dependencies`) and store it the first time, so
    that the number after its own names no group. 2.14 walks the same list and gives a number the first time only.
    """
    stored = {layer.name: layer for layer in document.stored or ()}
    if graph is None:
        return stored
    if document.stored_by is WeightNaming.LAYER_NAME:
        return {**stored, **_branches(graph, stored)}
    may_stand_twice = document.stored_by is WeightNaming.CHECKPOINT_NAME
    seen: Counter[str] = Counter()
    matched: dict[str, StoredLayer] = {}
    for node in graph.nodes:
        class_name = group_of(node.written_class)
        group = stored.get(f"{class_name}_{seen[class_name]}" if seen[class_name] else class_name)
        seen[class_name] += 1
        if group is not None:
            matched[node.name] = group
            if may_stand_twice and group.tensors and f"{class_name}_{seen[class_name]}" not in stored:
                seen[class_name] += 1
    return matched


def _branches(graph: Graph, stored: Mapping[str, StoredLayer]) -> Mapping[str, StoredLayer]:
    """The stored layers of the branches of a leading Merge, which are models stored as layers of the outer model.

    Source: Keras 1.2.2, `models.py`, `Sequential.flattened_layers`.
    """
    branches = {node.name: _groups(node, stored) for node in graph.nodes if node.graph is not None}
    return {
        name: StoredLayer(name, tuple(tensor for group in groups for tensor in group.tensors))
        for name, groups in branches.items()
        if groups and name not in stored
    }


def _groups(node: Node, stored: Mapping[str, StoredLayer]) -> list[StoredLayer]:
    """The stored layers of a node: its own, or those of the layers in it."""
    if node.name in stored:
        return [stored[node.name]]
    return [group for inner in (node.graph.nodes if node.graph else ()) for group in _groups(inner, stored)]


def group_of(class_name: str) -> str:
    """The name of an archive's group for the first layer of a class."""
    return snake_case(PYTHON_NAMES.get(class_name, class_name))


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A stored tensor with another shape than the weight that it belongs to."""

    weight: Weight
    tensor: StoredTensor


#: Parts of the names of tensors that are no weights, but state of a random generator, a run or a lookup.
NOT_WEIGHTS = ("seed_generator", "rnn_state", "idf_weights")

#: Layers that store no weights: tf.keras stores given frequencies as `Variable`.
LOOKUPS = frozenset({"StringLookup", "IntegerLookup"})


#: Weights that Keras counts and never stores: the number of documents that a lookup has seen.
NEVER_STORED = frozenset({"num_documents"})


def is_stored(weight: Weight) -> bool:
    """Whether Keras stores a weight of a layer with the others."""
    return weight.name not in NEVER_STORED


def stored_weights(layer: Layer) -> tuple[StoredTensor, ...]:
    """The stored tensors of a layer that are its weights."""
    if layer.class_name in LOOKUPS and not layer.node.is_custom:
        return ()
    tensors = layer.stored.tensors if layer.stored else ()
    return tuple(filter(is_weight, tensors))


def is_weight(tensor: StoredTensor) -> bool:
    """Whether a stored tensor is a weight, not state of a random generator, a run or a lookup."""
    return not any(part in tensor.name for part in NOT_WEIGHTS)


def stored_count(layer: Layer) -> int:
    """The number of parameters that the file stores for a layer."""
    return sum(math.prod(tensor.shape) for tensor in stored_weights(layer))


def kernel_discrepancies(layer: Layer) -> list[Discrepancy]:
    """The kernels of a layer (weights of two axes or more) whose stored shape differs.

    A layer of several parts may store its parts in another order, so equal shapes are paired first, and the rest in
    order. Unknown and open dimensions agree with everything.
    """
    weights = () if isinstance(layer.weights, Unknown) else layer.weights
    expected = [weight for weight in weights if len(weight.shape) > 1 and "bias" not in weight.name]
    stored = [tensor for tensor in stored_weights(layer) if len(tensor.shape) > 1 and "bias" not in tensor.name]
    for weight in list(expected):
        match = next((tensor for tensor in stored if agrees(weight.shape, tensor.shape)), None)
        if match is not None:
            expected.remove(weight)
            stored.remove(match)
    return [Discrepancy(weight, tensor) for weight, tensor in zip(expected, stored, strict=False)]


def agrees(expected: Dims, stored: tuple[int, ...]) -> bool:
    """Whether a stored shape agrees with the expected one; open and unknown dimensions agree with everything."""
    return len(expected) == len(stored) and all(
        not isinstance(dim, int) or dim == size for dim, size in zip(expected, stored, strict=True)
    )
