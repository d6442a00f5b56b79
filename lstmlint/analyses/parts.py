"""The parts of layers that own weights, with the groups in which archives keep these.

A Bidirectional, a wrapper, a stack of cells and a nested model own no weights; what is inside them does. The H5 of
Keras 1 and 2 lists all tensors of a layer of the outermost model together, those that train first; archives have a
group for each part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from lstmlint.inference.stored import group_of
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.keras.names import snake_case

#: Where a layer is: the names of the layers of the models around it, and the config keys of the wrappers around it:
#: `("encoder", "bidirectional_1", "layer")`, `("rnn", "cells/0")`.
LayerPath: TypeAlias = tuple[str, ...]

#: The config key under which a wrapper has the layer in it, and the name of its group in an archive, by role.
ROLES: Mapping[str, tuple[str, str]] = {
    "layer": ("layer", "layer"),
    "forward": ("layer", "forward_layer"),
    "backward": ("backward_layer", "backward_layer"),
    "cell": ("cell", "cell"),
}

#: The layers in which attention keeps its weights, in the order in which it creates them.
ATTENTION_PARTS = ("query_dense", "key_dense", "value_dense", "output_dense")
ATTENTION_CLASSES = frozenset({"MultiHeadAttention"})


@dataclass(frozen=True, slots=True)
class ModelPart:
    """A part: its path as repairs know it, the group of its variables in an archive, and the layer with the weights."""

    path: LayerPath
    group: str
    layer: Layer


def parts_of(model: Model, path: LayerPath = (), group: str = "") -> Iterator[ModelPart]:
    """The parts of a model, in the order of its layers."""
    seen: Counter[str] = Counter()
    for layer in model.layers:
        name = group_of(layer.class_name)
        numbered = f"{name}_{seen[name]}" if seen[name] else name
        seen[name] += 1
        yield from parts_in(layer, (*path, layer.name), f"{group}layers/{numbered}")


def parts_in(layer: Layer, path: LayerPath, group: str) -> Iterator[ModelPart]:
    """The parts of a layer: itself, or what it contains."""
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


def places_of(part: ModelPart, count: int) -> list[str]:
    """The places in an archive of as many weights of a part, in their order; none where they are not known."""
    if part.layer.class_name not in ATTENTION_CLASSES:
        return [f"{part.group}/vars/{index}" for index in range(count)]
    each, rest = divmod(count, len(ATTENTION_PARTS))
    return [] if rest else [f"{part.group}/{ATTENTION_PARTS[i // each]}/vars/{i % each}" for i in range(count)]
