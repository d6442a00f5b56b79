"""Recurrent layers recognised by their tensors alone, for files that hold weights and no architecture.

Gates lie side by side in a kernel `(features, gates * units)` and a recurrent kernel `(units, gates * units)`, so the
ratio of the recurrent kernel's sides tells LSTM, GRU and SimpleRNN apart (Keras, `layers/rnn/lstm.py` and `gru.py`).
Activations, return_sequences and the number of timesteps stay unknown, because tensors do not show them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from lstmlint.ir.document import Pointer, StoredLayer, StoredTensor
from lstmlint.ir.graph import Node
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Unknown, Witness
from lstmlint.ir.weight import Weight
from lstmlint.keras.classes import KINDS, classes_with, traits_of


def _on_cudnn(kind: str) -> str:
    """The cuDNN class of a kind, with two biases for each gate in one row; the kind itself where there is none."""
    return next(iter(classes_with(lambda traits: traits.plain == kind)), kind)


#: The class with a number of gates, and the one with two biases for each gate in one row.
CLASSES: Mapping[int, tuple[str, str]] = {len(kind.gates): (kind.name, _on_cudnn(kind.name)) for kind in KINDS.values()}

#: Keras 1 stores the tensors of each gate apart; the letters of the gates show the class.
SEPARATE_GATES: Mapping[str, str] = {kind.letters[0]: kind.name for kind in KINDS.values() if len(kind.gates) > 1}

ROLES = ("kernel", "recurrent_kernel", "bias")
KERAS_1_ROLES = ("W", "U", "b")

#: A tensor of Keras 1: the layer's name where a wrapper holds several, the role, the gate.
KERAS_1_NAME = lazy_pattern(r"(?:(.*)_)?([WUb](?:_[a-z])?)")

UNKNOWN_TRAINABLE = Unknown("the stored tensors do not show which of them are trained")

NO_CLASS = ""


def stored_only_layer(stored: StoredLayer) -> Layer:
    """A stored layer as a layer of a model: its tensors are the weights, and its class is the one that they show."""
    groups: dict[str, dict[str, StoredTensor]] = defaultdict(dict)
    for tensor in stored.tensors:
        group, role = _group_and_role(tensor)
        groups[group][role] = tensor
    recurrent = {group: layer for group, tensors in groups.items() if (layer := _recurrent(stored.name, tensors))}
    if len(groups) == 1 and recurrent:
        return next(iter(recurrent.values()))
    class_name = "Bidirectional" if _are_two_directions(list(groups)) and len(recurrent) == 2 else NO_CLASS
    names = dict(zip(groups, ("forward", "backward"), strict=False)) if class_name else {}
    return Layer(
        node=_node(stored.name, class_name, {}),
        path=(stored.name,),
        calls=(),
        weights=tuple(_weight(tensor.name, tensor) for tensor in stored.tensors),
        children={names.get(group, group): layer for group, layer in recurrent.items()},
        stored=stored,
    )


def _group_and_role(tensor: StoredTensor) -> tuple[str, str]:
    """The group of a tensor, shared by all tensors of one cell, and the name of the tensor in the group."""
    folder = tensor.place.rpartition("/")[0]
    name = tensor.name.rpartition("/")[2]
    of_keras_1 = KERAS_1_NAME.fullmatch(name)
    return (f"{folder}/{of_keras_1[1]}", of_keras_1[2]) if of_keras_1 else (folder, name)


def _recurrent(name: str, tensors: Mapping[str, StoredTensor]) -> Layer | None:
    """The recurrent layer of the tensors of one cell; `None` where they are of no such layer."""
    gates = [role.removeprefix("W_") for role in tensors if role.startswith("W_")]
    separate = next((SEPARATE_GATES[gate] for gate in gates if gate in SEPARATE_GATES), None)
    if separate is not None:
        kernel = tensors[f"W_{gates[0]}"].shape
        if len(kernel) != 2:  # the order of a convolution's axes is unknown
            return None
        weights = tuple(_weight(role, tensor) for role, tensor in tensors.items())
        return _layer(name, separate, {"units": kernel[1]}, weights, list(tensors.values()))
    layer = _with_fused_gates(name, list(tensors.values())) if 2 <= len(tensors) <= len(ROLES) else None
    return layer if layer is not None and _has_recurrent_names(layer, tensors) else None


def _with_fused_gates(name: str, tensors: Sequence[StoredTensor]) -> Layer | None:
    kernel, recurrent_kernel, *bias = tensors
    if len(kernel.shape) != len(recurrent_kernel.shape) or len(kernel.shape) < 2:
        return None
    *window, units, width = recurrent_kernel.shape
    gates = width // units if units else 0
    fits = kernel.shape[-1] == width == gates * units
    if not fits or gates not in CLASSES or (window and gates != 4):
        return None
    config, class_name = _shown_by_bias(gates, width, bias)
    if window:
        class_name = f"ConvLSTM{len(window)}D"
        config = {**config, "filters": units, "kernel_size": window}
    else:
        config = {**config, "units": units}
    weights = tuple(_weight(role, tensor) for role, tensor in zip(ROLES, tensors, strict=False))
    return _layer(name, class_name, config, weights, tensors)


def _has_recurrent_names(layer: Layer, tensors: Mapping[str, StoredTensor]) -> bool:
    """Whether tensors have the names of a recurrent layer, or the numbers that only a cell or a cuDNN layer gives."""
    names = list(tensors)
    if names == [str(at) for at in range(len(names))]:
        in_cell = all("cell" in tensor.place for tensor in tensors.values())
        return in_cell or traits_of(layer.class_name).is_cudnn
    return names in (list(ROLES[: len(names)]), list(KERAS_1_ROLES[: len(names)]))


def _shown_by_bias(gates: int, width: int, bias: Sequence[StoredTensor]) -> tuple[dict[str, Any], str]:
    """The config keys and the class that the bias shows: one row, two rows, or two biases in one row."""
    plain, cudnn = CLASSES[gates]
    if not bias:
        return {"use_bias": False}, plain
    shape = bias[0].shape
    if shape == (2 * width,) and plain != cudnn:
        return {"use_bias": True}, cudnn
    return {"use_bias": True, **({"reset_after": len(shape) == 2} if plain == "GRU" else {})}, plain


def _are_two_directions(groups: list[str]) -> bool:
    return len(groups) == 2 and "forward" in groups[0] + groups[1] and "backward" in groups[0] + groups[1]


def _layer(
    name: str, class_name: str, config: dict[str, Any], weights: tuple[Weight, ...], tensors: Sequence[StoredTensor]
) -> Layer:
    stored = StoredLayer(name, tuple(tensors))
    return Layer(_node(name, class_name, config), (name,), (), weights, stored=stored)


def _node(name: str, class_name: str, config: dict[str, Any]) -> Node:
    pointer: Pointer = ()
    return Node(name, class_name, class_name, config, pointer)


def _weight(name: str, tensor: StoredTensor) -> Weight:
    return Weight(name, tensor.shape, UNKNOWN_TRAINABLE, tensor.dtype, Witness.STORED)
