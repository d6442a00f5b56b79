"""Cures in the words of the program that builds a model: the layer that it names, and the argument of this layer."""

from __future__ import annotations

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation
from lstmlint.ir.document import Pointer
from lstmlint.ir.model import Layer
from lstmlint.keras.classes import traits_of

#: The words for an inner layer, by the key under which its wrapper holds it.
ROLES = {"layer": "the layer", "backward_layer": "the backward layer", "cell": "the cell"}


def in_code(layer: Layer) -> str:
    """The name of a layer in the program that builds the model, to complete "set x=1 on".

    Keras itself names an inner layer (`forward_lstm`), so the text names it by its wrapper.
    """
    pointer = layer.pointer
    if len(layer.path) > 1 and _holder(pointer) is not None:
        key, holder = pointer[-1], layer.path[-2]
        return f"{ROLES[key] if isinstance(key, str) else f'cell {key}'} inside '{holder}'"
    return f"'{layer.name}'"


def whole(layer: Layer) -> str:
    """The name of a layer, or of its outermost wrapper, which is connected to the other layers."""
    depth, pointer = 0, layer.pointer
    while (outer := _holder(pointer)) is not None and depth + 1 < len(layer.path):
        depth, pointer = depth + 1, outer
    return layer.path[-1 - depth]


def _holder(pointer: Pointer) -> Pointer | None:
    """The pointer to the wrapper of the layer at a pointer; `None` if it has none."""
    match pointer:
        case (*outer, "config", str(key)) if key in ROLES:
            return tuple(outer)
        case (*outer, "config", "cells", int()):
            return tuple(outer)
    return None


def with_activation(activation: Activation, name: str, width: object) -> str:
    """The cure that replaces the activation at the output of a layer.

    The activation of a recurrent layer goes through gates and into the next step, so a Dense of as many units behind
    the layer has to apply the wanted one.
    """
    layer = activation.layer
    if traits_of(layer.class_name).is_gated_layer:
        units = f"{width}, " if isinstance(width, int) else ""
        behind = f"put a Dense({units}activation='{name}') behind '{whole(layer)}'"
        return f"set activation='tanh' on {in_code(layer)} and {behind}" if activation.name in DISTRIBUTIONS else behind
    if activation.is_of_own_layer:
        return f"put Activation('{name}') in the place of '{layer.name}'"
    return f"set activation='{name}' on {in_code(layer)}"


def without_activation(activation: Activation) -> str:
    """The cure that removes an activation, so that values have no limits."""
    layer = activation.layer
    if traits_of(layer.class_name).is_gated_layer:
        return f"put a Dense behind '{whole(layer)}'"
    if activation.is_of_own_layer or layer.class_name == "Activation":
        return f"delete '{layer.name}'"
    return f"drop the activation of {in_code(layer)}"
