"""The parts of layers that own weights, and their stored tensors.

A Bidirectional, a wrapper, a stack of cells and a nested model own no weights; the layers inside them do. The H5 of
Keras 1 and 2 lists all tensors of a layer of the outermost model together, trainable weights first; archives have a
group for each part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from lstmlint.fixing.repairs.repair import LayerPath
from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.inference.stored import agrees, group_of, is_weight
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import StoredLayer, StoredTensor, WeightNaming
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.ir.weight import Weight
from lstmlint.keras.classes import traits_of
from lstmlint.keras.names import snake_case

#: The config key of an inner layer, and the name of its group in an archive, by role.
ROLES: Mapping[str, tuple[str, str]] = {
    "layer": ("layer", "layer"),
    "forward": ("layer", "forward_layer"),
    "backward": ("backward_layer", "backward_layer"),
    "cell": ("cell", "cell"),
}

#: The layers of attention that own its weights, in the order of creation.
ATTENTION_PARTS = ("query_dense", "key_dense", "value_dense", "output_dense")
ATTENTION_CLASSES = frozenset({"MultiHeadAttention"})


@dataclass(frozen=True, slots=True)
class ModelPart:
    """A part of a model: its path in the repairs, the group of its variables in an archive, and its layer."""

    path: LayerPath
    group: str
    layer: Layer

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights of the part, in the order of creation.

        Raises:
            UnwritableError: they are unknown.
        """
        if isinstance(self.layer.weights, Unknown):
            text = self.layer.weights
            raise UnwritableError(f"has a layer whose weights are not known, {self.layer.full_name}: {text.reason}")
        return self.layer.weights


def parts_of(model: Model, path: LayerPath = (), group: str = "") -> Iterator[ModelPart]:
    """The parts of a model, in the order of its layers."""
    seen: Counter[str] = Counter()
    for layer in model.layers:
        name = group_of(layer.class_name)
        numbered = f"{name}_{seen[name]}" if seen[name] else name
        seen[name] += 1
        yield from parts_in(layer, (*path, layer.name), f"{group}layers/{numbered}")


def parts_in(layer: Layer, path: LayerPath, group: str) -> Iterator[ModelPart]:
    """The parts of a layer: the layer itself, or its inner layers."""
    if layer.model is not None:
        yield from parts_of(layer.model, path, f"{group}/")
    elif layer.children:
        seen: Counter[str] = Counter()
        for role, child in layer.children.items():
            step, name = ROLES.get(role, (role, role))
            if role.startswith("cells/"):
                class_name = snake_case(child.class_name)
                name = f"cell/cells/{class_name}_{seen[class_name]}" if seen[class_name] else f"cell/cells/{class_name}"
                name = name if layer.class_name != "StackedRNNCells" else name.removeprefix("cell/")
                seen[class_name] += 1
            yield from parts_in(child, (*path, step), f"{group}/{name}")
    elif traits_of(layer.class_name).makes_cell:
        yield ModelPart(path, f"{group}/cell", layer)
    else:
        yield ModelPart(path, group, layer)


def variables(part: ModelPart) -> list[str]:
    """The places of a part's weights in an archive, in the order of its weights."""
    if part.layer.class_name not in ATTENTION_CLASSES:
        return [f"{part.group}/vars/{index}" for index in range(len(part.weights))]
    owners = [weight.name.split("/")[0] for weight in part.weights]
    if len(part.weights) % len(ATTENTION_PARTS):
        raise UnwritableError(
            f"has weights of {part.layer.full_name} whose place in an archive is not known; write .h5"
        )
    each = len(part.weights) // len(ATTENTION_PARTS)
    return [f"{part.group}/{ATTENTION_PARTS[index // each]}/vars/{index % each}" for index in range(len(owners))]


def in_file_order(parts: list[ModelPart]) -> list[tuple[ModelPart, int]]:
    """The weights of the parts of one layer (part and index) in the order of H5: trainable weights come first."""
    every = [(part, index) for part in parts for index in range(len(part.weights))]
    trained = [(part, index) for part, index in every if part.weights[index].trainable is not False]
    others = [(part, index) for part, index in every if part.weights[index].trainable is False]
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
    for order in (in_file_order(parts), [(part, index) for part in parts for index in range(len(part.weights))]):
        if len(order) == len(tensors) and all(
            agrees(part.weights[index].shape, tensor.shape)
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
