"""Which stored tensors belong to which layer, and which slots of the optimizer to which weight."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from lstmlint.analyses.activations import initializer
from lstmlint.analyses.parts import ModelPart, parts_in
from lstmlint.fixing.writers.parts import assigned
from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import StoredTensor
from lstmlint.ir.measured import MeasuredWeight
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown

#: Slots of so few values may be placeholders (Adam of tf.keras writes some of shape `(1,)`) or counters.
FEW_VALUES = 4


@dataclass(frozen=True, slots=True)
class Owned:
    """A layer or cell that owns weights, the layer of the outermost model around it, and its tensors in their order."""

    layer: Layer
    owner: Layer
    tensors: tuple[StoredTensor, ...]


def owned_tensors(model: Model) -> Iterator[Owned]:
    """The layers and cells with their stored tensors; layers whose tensors cannot be told apart are left out."""
    for layer in model.layers:
        if layer.stored is None or not layer.stored.tensors:
            continue
        every = list(parts_in(layer, (layer.name,), f"layers/{layer.stored.name}"))
        parts = [part for part in every if part.layer.weights != ()]
        try:
            owned = assigned(parts, layer.stored, model.document.stored_by) if parts else {}
        except UnwritableError:
            continue
        yield from (Owned(part.layer, layer, owned[part.path]) for part in parts if _fits(part, owned))


def _fits(part: ModelPart, owned: Mapping[tuple[str, ...], tuple[StoredTensor, ...]]) -> bool:
    weights = part.layer.weights
    return not isinstance(weights, Unknown) and len(owned.get(part.path, ())) == len(weights)


#: The config key of a weight's initializer, and the initializer that Keras takes by default.
STARTS: Mapping[str, tuple[str, str]] = {
    "kernel": ("kernel_initializer", "glorot_uniform"),
    "recurrent_kernel": ("recurrent_initializer", "orthogonal"),
    "bias": ("bias_initializer", "zeros"),
    "embeddings": ("embeddings_initializer", "random_uniform"),
}


def weights_of(model: Model, owned: Sequence[Owned]) -> Mapping[str, MeasuredWeight]:
    """The weights that stored tensors are, by their places."""
    frozen = frozen_paths(model)
    return {
        tensor.place: MeasuredWeight(
            layer=one.layer.full_name,
            class_name=one.layer.class_name,
            name=weight.name,
            shape=tensor.shape,
            is_trainable=weight.trainable is not False and not model.is_frozen and not is_inside(one.layer, frozen),
            has_default_start=_has_default_start(one.layer, weight.name),
        )
        for one in owned
        if not isinstance(one.layer.weights, Unknown)
        for weight, tensor in zip(one.layer.weights, one.tensors, strict=True)
    }


def _has_default_start(layer: Layer, weight: str) -> bool:
    key, default = STARTS.get(weight, ("", ""))
    stated = initializer(layer.config.get(key))
    return stated is not None and stated.name == default


def slots_by_weight(model: Model, owned: Sequence[Owned]) -> Mapping[str, tuple[str, ...]]:
    """The places of the slots of each trained weight, by its place; empty where the order of the slots is unclear.

    An optimizer keeps its slots in the order of the weights that it trains: each kind of slot for all weights (Keras 1
    and 2, tf.keras), or all kinds for each weight (Keras 3).
    """
    slots = [slot for slot in model.document.slots if math.prod(slot.shape) > FEW_VALUES]
    trained = [tensor for tensor in trained_tensors(model, owned) if math.prod(tensor.shape) > FEW_VALUES]
    if not slots or not trained or len(slots) % len(trained):
        return {}
    kinds = len(slots) // len(trained)
    shapes = [slot.shape for slot in slots]
    by_kind = shapes == [tensor.shape for tensor in trained] * kinds
    by_weight = shapes == [tensor.shape for tensor in trained for _ in range(kinds)]
    if by_kind == by_weight and kinds > 1 and len(trained) > 1:
        return {}
    if not by_kind and not by_weight:
        return {}
    return {
        tensor.place: tuple(
            slots[at * kinds + kind if by_weight else kind * len(trained) + at].place for kind in range(kinds)
        )
        for at, tensor in enumerate(trained)
    }


def trained_tensors(model: Model, owned: Sequence[Owned]) -> Iterator[StoredTensor]:
    """The tensors of the weights that training changes, in the order of the layers."""
    if model.is_frozen:
        return
    frozen = frozen_paths(model)
    for one in owned:
        weights = one.layer.weights
        if isinstance(weights, Unknown) or is_inside(one.layer, frozen):
            continue
        yield from (
            tensor for weight, tensor in zip(weights, one.tensors, strict=True) if weight.trainable is not False
        )


def frozen_paths(model: Model) -> frozenset[tuple[str, ...]]:
    """The paths of the layers that are frozen themselves."""
    return frozenset(
        layer.path
        for layer in model.all_layers
        if not layer.node.is_trainable or (layer.model is not None and layer.model.is_frozen)
    )


def is_inside(layer: Layer, paths: frozenset[tuple[str, ...]]) -> bool:
    """Whether a layer has one of the paths, or lies inside of a layer that has."""
    return any(layer.path[:length] in paths for length in range(1, len(layer.path) + 1))
