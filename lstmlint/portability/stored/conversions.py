"""Rearrangement of weights in Keras 2 before it counts them: their new shapes, or the reason why there are none.

Source: `preprocess_weights_for_loading` in `saving/legacy/hdf5_format.py` of Keras 2.15 and `engine/saving.py` of Keras
2.3.1. Keras 3 rearranges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from lstmlint.analyses.expected import in_file_order, trained
from lstmlint.ir.model import Layer
from lstmlint.keras.classes import kind_of, traits_of

#: The shapes of some weights in their order.
Shapes: TypeAlias = tuple[tuple[int, ...], ...]

RESET_AFTER, RESET_BEFORE = "GRU(reset_after=True)", "GRU(reset_after=False)"
CUDNN = "CuDNN"

#: The layers whose kernels are turned around where they do not fit, and how many of their weights are.
TURNED: Mapping[str, int] = {"Conv1D": 1, "Conv2D": 1, "Conv3D": 1, "Conv2DTranspose": 1, "ConvLSTM2D": 2}
TURN = (3, 2, 0, 1)


class RefusedError(Exception):
    """Weights that cannot be rearranged; the text is the message of Keras."""


def converted(layer: Layer, shapes: Shapes) -> Shapes:
    """The shapes that the stored weights of a layer have once they are rearranged.

    Raises:
        RefusedError: Keras refuses to.
    """
    if layer.model is not None:
        return _in_model(layer, shapes)
    if layer.class_name in WRAPPERS and layer.children:
        return WRAPPERS[layer.class_name](layer, shapes)
    if layer.class_name in TURNED:
        return _turned(layer, shapes)
    return _of_gates(layer, shapes) if _has_gates(layer) and len(shapes) == 3 else shapes


def _in_model(layer: Layer, shapes: Shapes) -> Shapes:
    """Layers of a nested model take trained weights from the first part of the list and the others from the second."""
    count = trained(layer)
    first, second = shapes[:count], shapes[count:]
    trains: list[tuple[int, ...]] = []
    others: list[tuple[int, ...]] = []
    for inner in layer.model.layers if layer.model else ():
        ours, every = trained(inner), len(in_file_order(inner))
        if every:
            inner_shapes = converted(inner, first[:ours] + second[: every - ours])
            trains += inner_shapes[:ours]
            others += inner_shapes[ours:]
            first, second = first[ours:], second[every - ours :]
    return (*trains, *others)


def _halved(layer: Layer, shapes: Shapes) -> Shapes:
    """Each direction of a Bidirectional gets half of the weights."""
    half = len(shapes) // 2
    forward, *backward = layer.children.values()
    return converted(forward, shapes[:half]) + converted((backward or [forward])[0], shapes[half:])


def _passed_on(layer: Layer, shapes: Shapes) -> Shapes:
    return converted(next(iter(layer.children.values())), shapes)


WRAPPERS: Mapping[str, Callable[[Layer, Shapes], Shapes]] = {"Bidirectional": _halved, "TimeDistributed": _passed_on}


def _turned(layer: Layer, shapes: Shapes) -> Shapes:
    """Kernels that do not fit are turned around, as if another backend had written them."""
    wanted = in_file_order(layer)
    if not wanted or not shapes or wanted[0].weight.shape == shapes[0]:
        return shapes
    count = TURNED[layer.class_name]
    if any(len(shape) != len(TURN) for shape in shapes[:count]):
        raise RefusedError("axes don't match array")
    return (*(tuple(shape[axis] for axis in TURN) for shape in shapes[:count]), *shapes[count:])


def _has_gates(layer: Layer) -> bool:
    """Whether it is an LSTM or GRU."""
    return traits_of(f"{CUDNN}{layer.class_name}").is_cudnn


def _of_gates(layer: Layer, shapes: Shapes) -> Shapes:
    """The bias shows the class of the weights; weights of cuDNN layers and of others are converted where possible."""
    source = _source(layer, shapes)
    if not source:
        raise RefusedError(f"Invalid bias shape: {shapes[2]}")
    wanted = _wanted(layer)
    if source != wanted and RESET_BEFORE in (source, wanted):
        raise RefusedError(f"{source} is not compatible with {wanted}")
    every = in_file_order(layer)
    if source == wanted or len(every) != len(shapes):
        return shapes
    bias = tuple(dim for dim in every[2].weight.shape if isinstance(dim, int))
    return (*shapes[:2], bias)


def _source(layer: Layer, shapes: Shapes) -> str:
    """The class whose weights are stored, by the shape of the bias; empty where none has such a bias."""
    recurrent, bias = shapes[1], shapes[2]
    size = recurrent[0] * len(kind_of(layer.class_name).gates) if recurrent else 0
    sources: dict[tuple[int, ...], str] = {(2 * size,): f"{CUDNN}{layer.class_name}", (size,): layer.class_name}
    if layer.class_name == "GRU":
        sources |= {(size,): RESET_BEFORE, (2, size): RESET_AFTER}
    return sources.get(bias, "")


def _wanted(layer: Layer) -> str:
    """The class whose weights are wanted."""
    if traits_of(layer.node.written_class).is_cudnn:
        return f"{CUDNN}{layer.class_name}"
    if layer.class_name != "GRU":
        return layer.class_name
    return RESET_AFTER if layer.config.get("reset_after") else RESET_BEFORE
