"""The weights of the parts of layers, and which of the stored tensors are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from lstmlint.analyses.parts import ATTENTION_CLASSES, LayerPath, ModelPart, places_of
from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.inference.stored import agrees, is_weight
from lstmlint.ir.document import StoredLayer, StoredTensor, WeightNaming
from lstmlint.ir.shape import Unknown
from lstmlint.ir.weight import Weight


def weights_of(part: ModelPart) -> tuple[Weight, ...]:
    """The weights of a part in the order in which they are created.

    Raises:
        UnwritableError: they are not known.
    """
    if isinstance(part.layer.weights, Unknown):
        text = part.layer.weights
        raise UnwritableError(f"has a layer whose weights are not known, {part.layer.full_name}: {text.reason}")
    return part.layer.weights


def variables(part: ModelPart, underscore: str = "") -> list[str]:
    """The places of a part's weights in an archive, in the order of its weights.

    Keras 2 has an `underscore` before the names of layers in an attention layer.

    Raises:
        UnwritableError: they are not known.
    """
    count = len(weights_of(part))
    places = places_of(part, count)
    if len(places) != count:
        raise UnwritableError(
            f"has weights of {part.layer.full_name} whose place in an archive is not known; write .h5"
        )
    if part.layer.class_name not in ATTENTION_CLASSES:
        return places
    inside = f"{part.group}/"
    return [f"{inside}{underscore}{place.removeprefix(inside)}" for place in places]


def in_file_order(parts: list[ModelPart]) -> list[tuple[ModelPart, int]]:
    """The weights of the parts of one layer (part and index) in the order of H5: trainable weights come first."""
    every = [(part, index) for part in parts for index in range(len(weights_of(part)))]
    trained = [(part, index) for part, index in every if weights_of(part)[index].trainable is not False]
    others = [(part, index) for part, index in every if weights_of(part)[index].trainable is False]
    return [*trained, *others]


def assigned(
    parts: list[ModelPart], stored: StoredLayer, naming: WeightNaming
) -> Mapping[LayerPath, tuple[StoredTensor, ...]]:
    """The stored tensors of one layer of the outermost model by the part that owns them, in the order of its weights.

    Raises:
        UnwritableError: the owner of a tensor is unclear.
    """
    tensors = [tensor for tensor in stored.tensors if is_weight(tensor)]
    if naming is not WeightNaming.LAYER_NAME:
        return _placed(parts, tensors)
    if len(parts) == 1:
        return {parts[0].path: tuple(tensors)}
    owned: dict[LayerPath, dict[int, StoredTensor]] = {part.path: {} for part in parts}
    for order in (in_file_order(parts), [(part, index) for part in parts for index in range(len(weights_of(part)))]):
        if len(order) == len(tensors) and all(
            agrees(weights_of(part)[index].shape, tensor.shape)
            for (part, index), tensor in zip(order, tensors, strict=True)
        ):
            for (part, index), tensor in zip(order, tensors, strict=True):
                owned[part.path][index] = tensor
            return {path: tuple(own[index] for index in sorted(own)) for path, own in owned.items()}
    return _split(parts, tensors, stored)


def _split(
    parts: list[ModelPart], tensors: list[StoredTensor], stored: StoredLayer
) -> Mapping[LayerPath, tuple[StoredTensor, ...]]:
    """The tensors in equal shares for parts of one kind, such as two directions."""
    share, rest = divmod(len(tensors), len(parts))
    if rest or any(one.layer.class_name != other.layer.class_name for one, other in pairwise(parts)):
        raise UnwritableError(f"cannot assign the {len(tensors)} tensors of {stored.name} to its parts")
    return {part.path: tuple(tensors[index * share : (index + 1) * share]) for index, part in enumerate(parts)}


def _placed(parts: list[ModelPart], tensors: list[StoredTensor]) -> Mapping[LayerPath, tuple[StoredTensor, ...]]:
    """The tensors of an archive by their groups, in the order of the weights of their part."""
    # Keras 2 named the layers inside an attention layer with a leading underscore.
    by_place = {"/".join(step.removeprefix("_") for step in tensor.name.split("/")): tensor for tensor in tensors}
    owned: dict[LayerPath, tuple[StoredTensor, ...]] = {}
    for part in parts:
        names = ["/".join(place.split("/")[2:]) for place in variables(part)]
        if not all(name in by_place for name in names):
            missing = next(name for name in names if name not in by_place)
            raise UnwritableError(f"does not store {missing} of {part.layer.full_name}, which the layer needs")
        owned[part.path] = tuple(by_place[name] for name in names)
    return owned
