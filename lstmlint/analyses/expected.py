"""The objects whose weights a model expects in a file, in the order in which Keras walks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lstmlint.analyses.parts import ATTENTION_CLASSES, ATTENTION_PARTS, ROLES
from lstmlint.inference.stored import agrees, group_of, is_weight
from lstmlint.inference.witnesses import STORED_TWICE
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import StoredLayer
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Unknown, unknowns
from lstmlint.ir.weight import Weight
from lstmlint.keras.classes import traits_of
from lstmlint.keras.names import snake_case

#: Attention whose layers lie in groups that are not followed here.
GROUPED_ATTENTION = frozenset({"GroupQueryAttention", "GroupedQueryAttention"})


@dataclass(frozen=True, slots=True)
class Owner:
    """An object that Keras loads by itself: its class and name, where archives have its group, and its own weights."""

    class_name: str
    name: str
    groups: tuple[str, ...]
    weights: tuple[Weight, ...]
    layer: Layer


@dataclass(frozen=True, slots=True)
class Owned:
    """A weight of a layer of the outermost model with the innermost layer that owns it."""

    layer: Layer
    weight: Weight


def untold(model: Model) -> bool:
    """Whether it is not known of some layer what it stores."""
    return any(map(is_untold, model.all_layers))


def is_untold(layer: Layer) -> bool:
    """Whether the weights of a layer are not known, or stored in a way of their own that is not followed here."""
    is_own = (
        layer.class_name in STORED_TWICE | GROUPED_ATTENTION
        or "vocabulary" in layer.config
        or layer.node.quantization is not None
    )
    return is_own or isinstance(layer.weights, Unknown)


def without_state(stored: StoredLayer) -> StoredLayer:
    """A stored layer without what is state of a random generator or of a run."""
    return StoredLayer(stored.name, tuple(filter(is_weight, stored.tensors)))


def fits(wanted: Dims, stored: tuple[int, ...]) -> bool:
    """Whether a stored tensor has the shape of a weight; open and unknown dimensions fit everything."""
    return agrees(wanted, stored)


def is_unbuilt(model: Model) -> bool:
    """Whether the file does not tell the input of the model, so that Keras makes no weights from the config."""
    return any(unknowns(model.inputs))


def in_file_order(layer: Layer) -> tuple[Owned, ...]:
    """The weights of a layer as H5 lists them: those that train before the others, each once."""
    every = list(_distinct(_leaves(layer, trains=True)))
    return tuple(owned for is_first in (True, False) for owned, trains in every if (trains is not False) is is_first)


def trained(layer: Layer) -> int:
    """The number of weights of a layer that train."""
    return sum(trains is not False for _, trains in _distinct(_leaves(layer, trains=True)))


def trained_by(model: Model) -> int:
    """The number of weights of a model that train, those of shared layers counted once."""
    leaves = (leaf for layer in model.layers for leaf in _leaves(layer, trains=True))
    return sum(trains is not False for _, trains in _distinct(leaves))


def _leaves(layer: Layer, *, trains: bool) -> Iterator[tuple[Owned, object]]:
    trains = trains and layer.node.is_trainable and not (layer.model is not None and layer.model.is_frozen)
    inner = layer.model.layers if layer.model is not None else tuple(layer.children.values())
    for child in inner:
        yield from _leaves(child, trains=trains)
    if not inner and not isinstance(layer.weights, Unknown):
        for weight in layer.weights:
            yield Owned(layer, weight), trains and weight.trainable


def _distinct(leaves: Iterator[tuple[Owned, object]]) -> Iterator[tuple[Owned, object]]:
    seen: set[str] = set()
    for owned, trains in leaves:
        if not owned.weight.variable or owned.weight.variable not in seen:
            yield owned, trains
        seen.add(owned.weight.variable)


def owners(model: Model, group: str = "") -> Iterator[Owner]:
    """Every object of a model, in the order in which Keras walks it, each layer before what is in it."""
    seen: Counter[str] = Counter()
    for layer in model.layers:
        if layer.node.is_implicit:
            continue
        name = group_of(layer.node.written_class)
        numbered = f"{name}_{seen[name]}" if seen[name] else name
        seen[name] += 1
        yield from _owners(layer, f"{group}layers/{numbered}")


def _owners(layer: Layer, group: str) -> Iterator[Owner]:
    own = () if isinstance(layer.weights, Unknown) or layer.children or layer.model is not None else layer.weights
    cell = traits_of(layer.class_name).makes_cell and not layer.children
    parted = layer.class_name in ATTENTION_CLASSES
    yield Owner(layer.class_name, layer.name, (group,), () if cell or parted else own, layer)
    if layer.model is not None:
        yield from owners(layer.model, f"{group}/")
    elif cell:
        name = f"{layer.class_name.removesuffix('1D').removesuffix('2D').removesuffix('3D')}Cell"
        yield Owner(name, snake_case(name), (f"{group}/cell",), own, layer)
    elif parted:
        yield from _attention(own, group, layer)
    for step, child in sorted(_children(layer), key=lambda one: one[0].split("/")[0]):
        yield from _owners(child, f"{group}/{step}")


#: The names of the layers in an attention layer, by the attributes that hold them.
ATTENTION_NAMES = {
    "query_dense": "query",
    "key_dense": "key",
    "value_dense": "value",
    "output_dense": "attention_output",
}


def _attention(own: tuple[Weight, ...], group: str, layer: Layer) -> Iterator[Owner]:
    each = len(own) // len(ATTENTION_PARTS)
    shares = {part: own[number * each : (number + 1) * each] for number, part in enumerate(ATTENTION_PARTS)}
    for part in sorted(shares):
        groups = (f"{group}/{part}", f"{group}/_{part}")  # Keras 2 named the attributes with an underscore
        yield Owner("EinsumDense", ATTENTION_NAMES[part], groups, shares[part], layer)


def _children(layer: Layer) -> Iterator[tuple[str, Layer]]:
    """The layers in a wrapper, a stack of cells or a pipeline, with the steps of their groups."""
    seen: Counter[str] = Counter()
    for role, child in layer.children.items():
        name = ROLES.get(role, (role, role))[1]
        listed, _, number = role.rpartition("/")
        if number.isdigit():
            class_name = group_of(child.node.written_class)
            name = f"{listed}/{class_name}_{seen[class_name]}" if seen[class_name] else f"{listed}/{class_name}"
            is_in_cell = listed == "cells" and layer.class_name != "StackedRNNCells"
            name = f"cell/{name}" if is_in_cell else name
            seen[class_name] += 1
        yield name, child
