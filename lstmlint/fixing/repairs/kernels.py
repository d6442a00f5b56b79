"""Convolution kernels of Keras 1, whose axes depend on the data format, and of Theano, which flips them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from lstmlint.fixing.repairs.repair import (
    Applicability,
    Applied,
    Draft,
    DraftLayer,
    Edit,
    Left,
    Phase,
    Repair,
    WeightOperation,
)
from lstmlint.ir.model import Layer

if TYPE_CHECKING:
    from lstmlint.fixing.repairs.repair import Arrays

ORDER, FLIP = "kernel-order", "theano-kernels"

#: The number of kernels of a class before its bias.
KERNELS: Mapping[str, int] = {"Conv1D": 1, "Conv2D": 1, "Conv3D": 1, "Conv2DTranspose": 1, "ConvLSTM2D": 2}

THEANO = "theano"


def reorder(draft: Draft) -> Applied:
    graph = draft.model.graph
    notes: list[Edit | Left] = []
    if graph is None or not graph.semantics.kernels_follow_data_format:
        return draft, ()
    for layer, original in _convolutions(draft):
        ordered = _ordering(original)
        if ordered is not None:
            draft = draft.transforming(layer.path, WeightOperation(ORDER, partial(first, ordered)))
            notes.append(Edit(ORDER, layer.name, "the axes of its kernel are put in today's order"))
    return draft, tuple(notes)


def flip(draft: Draft) -> Applied:
    graph, backend = draft.model.graph, draft.document.backend
    notes: list[Edit | Left] = []
    if graph is None or not graph.semantics.may_run_on_theano:
        return draft, ()
    for layer, original in _convolutions(draft):
        if backend is None and graph.semantics.kernels_follow_data_format:
            message = "which backend ran it is not told; --backend theano flips its kernel, tensorflow leaves it"
            notes.append(Left(FLIP, layer.name, message, layer.pointer))
        elif backend == THEANO:
            operation = WeightOperation(FLIP, partial(turned, KERNELS[original.class_name]))
            draft = draft.transforming(layer.path, operation)
            notes.append(Edit(FLIP, layer.name, "its kernel is flipped, because Theano applies it that way"))
    return draft, tuple(notes)


def first(ordered: Callable[[Arrays], Arrays], tensors: Arrays) -> Arrays:
    """The tensors with the first one, the kernel, changed."""
    return (*ordered(tensors[:1]), *tensors[1:])


def turned(kernels: int, tensors: Arrays) -> Arrays:
    from lstmlint.fixing import relayout  # imports NumPy, which only writing weights needs

    return (*map(relayout.flipped, tensors[:kernels]), *tensors[kernels:])


def in_one_dimension(length: int, filters: int, kernels: Arrays) -> Arrays:
    from lstmlint.fixing import relayout

    return tuple(relayout.without_second_axis(kernel, length, filters) for kernel in kernels)


def outputs_last(kernels: Arrays) -> Arrays:
    from lstmlint.fixing import relayout

    return tuple(map(relayout.outputs_last, kernels))


def transposed(is_outputs_first: bool, kernels: Arrays) -> Arrays:
    """The kernels of a transposed convolution with last axes `(outputs, inputs)`, as today's Keras has them."""
    ordered = outputs_last(kernels) if is_outputs_first else kernels
    return tuple(kernel.swapaxes(-1, -2) for kernel in ordered)


def _convolutions(draft: Draft) -> Iterator[tuple[DraftLayer, Layer]]:
    for layer in draft.layers():
        original = layer.original
        if original is not None and not original.node.is_custom and original.class_name in KERNELS:
            yield layer, original


def _ordering(layer: Layer) -> Callable[[Arrays], Arrays] | None:
    """The function that puts the axes of a layer's kernel in order; `None` where they are in order."""
    is_outputs_first = layer.config.get("data_format") == "channels_first"
    if layer.class_name == "Conv1D":
        size = layer.config.get("kernel_size")
        length, filters = size[0] if isinstance(size, list) and size else size, layer.config.get("filters")
        return partial(in_one_dimension, length, filters) if isinstance(length, int) and filters else None
    if layer.class_name == "Conv2DTranspose":
        return partial(transposed, is_outputs_first)
    # The repair that merges the gates of a ConvLSTM2D also puts the axes of its kernels in order.
    return outputs_last if is_outputs_first and layer.class_name != "ConvLSTM2D" else None


REORDER = Repair(
    ORDER, "puts the axes of Keras 1's kernels in today's order", Phase.WEIGHTS, Applicability.SAFE, ("keras1-config",),
    reorder,
)  # fmt: skip
FLIPPED = Repair(
    FLIP, "flips kernels that Theano applied backwards", Phase.VALUES, Applicability.SAFE, (), flip
)  # fmt: skip
