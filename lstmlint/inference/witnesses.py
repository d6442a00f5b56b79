"""Three witnesses of one value: the configs, the recorded shapes, the stored tensors.

A witness fills in values that the ones before it leave unknown, and the value names its witness.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from lstmlint.inference.recognize import UNKNOWN_TRAINABLE
from lstmlint.inference.stored import agrees, stored_weights
from lstmlint.ir.dataclass import replace
from lstmlint.ir.document import StoredLayer, StoredTensor
from lstmlint.ir.graph import Graph, Node, TensorRef
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Dim, Dims, Shape, Structure, Unknown, Witness, is_dims, leaves, unknowns
from lstmlint.ir.weight import Weight, Weights
from lstmlint.keras.classes import traits_of

#: Wrappers that store a weight of their inner layer once more as their own.
STORED_TWICE = frozenset({"SpectralNormalization"})

LEFT_OPEN = Unknown("only the next model records it, and leaves it open")
UNRECORDED = Unknown("the file records no input shape")


def recorded_output(graph: Graph, node_index: int, call_index: int) -> Shape | None:
    """The shape that the file records for the output of a call.

    In a Sequential the next layer records it. If the next layer is a model, it records its own inputs; a call may fill
    in dimensions that these leave open.
    """
    recorded = graph.recorded.get(TensorRef(graph.nodes[node_index].name, call_index, 0))
    following = graph.nodes[node_index + 1 : node_index + 2] if graph.is_sequential else ()
    if isinstance(recorded, tuple) and any(node.graph is not None for node in following):
        return tuple(LEFT_OPEN if dim is None else dim for dim in recorded)
    return recorded


def completed(inferred: Structure, recorded: Shape | None) -> tuple[Structure, Witness]:
    """A shape with its unknown parts taken from a recorded shape, and the witness of the result.

    A shape that Keras refuses to make is never taken from a record, which may be older.
    """
    if recorded is None or isinstance(recorded, Unknown) or any(unknown.is_refusal for unknown in unknowns(inferred)):
        return inferred, Witness.INFERRED
    if isinstance(inferred, Unknown):
        return recorded, Witness.RECORDED
    if not is_dims(inferred) or len(inferred) != len(recorded) or not any(isinstance(dim, Unknown) for dim in inferred):
        return inferred, Witness.INFERRED
    dims = tuple(_first_known(dim, other) for dim, other in zip(inferred, recorded, strict=True))
    return dims, Witness.RECORDED


def given_to_model(own: Structure, given: Structure, *, adjusts_rank: bool) -> Structure:
    """The inputs of a call of a nested model; where they are unknown, the model's own inputs with open sizes unknown.

    A model demands the sizes that it was made with; a dimension that it leaves open may be a number in a call. A model
    that `adjusts_rank` adds or drops a last axis of 1 (Keras 3, `models/functional.py`, `_adjust_input_rank`).
    """
    adjust = partial(given_to_model, adjusts_rank=adjusts_rank)
    if isinstance(given, Unknown):
        return _with_open_unknown(own, given)
    if isinstance(own, list) and isinstance(given, list) and len(own) == len(given):
        return [adjust(*pair) for pair in zip(own, given, strict=True)]
    if isinstance(own, dict) and isinstance(given, dict):
        return {key: adjust(own.get(key, shape), shape) for key, shape in given.items()}
    if isinstance(own, list) and len(own) == 1 and is_dims(given):
        return [adjust(own[0], given)]
    if adjusts_rank and is_dims(own) and is_dims(given):
        return _of_rank(own, given)
    return given


def refused_by_model(own: Structure, given: Structure) -> bool:
    """Whether a model of Keras 3 refuses the inputs of a call, because a known length differs from its own input.

    A last axis of 1 is ignored (Keras, `layers/input_spec.py`, `assert_input_compatibility`).
    """
    pairs = list(zip(leaves(own), leaves(given), strict=False))
    return any(
        isinstance(stated, int) and isinstance(dim, int) and stated != dim
        for ours, theirs in pairs
        if is_dims(ours) and is_dims(theirs)
        for stated, dim in zip(_squeezed(ours)[1:], _squeezed(theirs)[1:], strict=False)
    )


def _squeezed(shape: Dims) -> Dims:
    return shape[:-1] if shape and shape[-1] == 1 else shape


def _of_rank(own: Dims, given: Dims) -> Dims:
    """A shape with a last axis of 1 added or dropped, where it then has the rank of the model's own input."""
    if len(given) == len(own) - 1 and own[-1] == 1:
        return (*given, 1)
    if len(given) == len(own) + 1 and given[-1] == 1:
        return given[:-1]
    return given


def _with_open_unknown(own: Structure, reason: Unknown) -> Structure:
    if isinstance(own, list):
        return [_with_open_unknown(item, reason) for item in own]
    if isinstance(own, dict):
        return {key: _with_open_unknown(item, reason) for key, item in own.items()}
    return own if isinstance(own, Unknown) else tuple(reason if dim is None else dim for dim in own)


def with_stored(layer: Layer) -> Layer:
    """A layer whose unknown weights are replaced by the tensors that the file stores for it."""
    tensors = stored_weights(layer)
    if not tensors:
        return layer
    if isinstance(layer.weights, Unknown):
        if not _holds_all_known(layer, tensors):
            return layer
        is_trained = UNKNOWN_TRAINABLE if layer.node.is_trainable else False
        stored: Weights = tuple(
            Weight(tensor.name, tensor.shape, is_trained, tensor.dtype, Witness.STORED) for tensor in tensors
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


def _holds_all_known(layer: Layer, tensors: tuple[StoredTensor, ...]) -> bool:
    """Whether the stored tensors are all weights of a layer: they include all known weights of the layers inside it.

    Keras does not store the two factors of a LoRA, and stores a layer that the model uses twice only once. Archives
    store a weight twice that some wrappers share with their inner layer.
    """
    if any(inner.class_name in STORED_TWICE for inner in layer.walk()):
        return False
    left = [tensor.shape for tensor in tensors]
    for weight in _known_inside(layer):
        match = next((shape for shape in left if agrees(weight.shape, shape)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _known_inside(layer: Layer) -> Iterator[Weight]:
    """The known weights of the layers inside a layer whose own weights are unknown as a whole."""
    inner = layer.model.layers if layer.model is not None else tuple(layer.children.values())
    for child in inner:
        if isinstance(child.weights, Unknown):
            yield from _known_inside(child)
        else:
            yield from child.weights


def input_from_kernel(graph: Graph, stored: Mapping[str, StoredLayer]) -> Structure | None:
    """The input of a Sequential that records none, as far as the first layer's stored kernel shows it."""
    if not graph.is_sequential or len(graph.nodes) < 2 or "batch_shape" in graph.nodes[0].config:
        return None
    first = graph.nodes[1]
    core = first.children.get("forward", first) if first.class_name == "Bidirectional" else first
    traits = traits_of(core.class_name)
    rank = traits.rank or (traits.dimensions + 2 if traits.dimensions else None)
    features = _features(first, traits.features_axis, stored)
    if rank is None or features is None or core.config.get("data_format") == "channels_first":
        return None
    return ((UNRECORDED,) * (rank - 1)) + (features,)


def _features(node: Node, axis: int | None, stored: Mapping[str, StoredLayer]) -> int | None:
    tensors = stored[node.name].tensors if node.name in stored else ()
    kernel = next((tensor for tensor in tensors if len(tensor.shape) >= 2), None)
    return None if kernel is None or axis is None else kernel.shape[axis]


def _first_known(dim: Dim, other: Dim) -> Dim:
    return other if isinstance(dim, Unknown) else dim


def _has_unknown(shape: Dims) -> bool:
    return any(isinstance(dim, Unknown) for dim in shape)
