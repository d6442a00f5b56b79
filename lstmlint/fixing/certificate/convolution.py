"""Conv1D and Conv2D of Keras 1 on Theano and of today, computed window by window.

Theano convolves: it turns each kernel around (Keras 1.2.2, `backend/theano_backend.py`, `filter_flip=True`). TensorFlow
and Keras 3 correlate. Keras 1 orders a kernel `(outputs, inputs, rows, columns)` with `dim_ordering="th"`, that of a
Convolution1D `(length, 1, inputs, outputs)`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstmlint.fixing.certificate.functions import ALL_ZERO, Array, NotComputedError
from lstmlint.fixing.repairs.kernels import FLIP, ORDER, THEANO
from lstmlint.fixing.repairs.repair import Draft, DraftLayer

BATCH, SEED = 4, 1

#: By how much each axis of the probes is longer than the window.
MORE = 4

FIRST = "channels_first"

#: The repairs that move the values of kernels.
MOVING = frozenset({ORDER, FLIP})


def correlate(values: Array, kernel: Array) -> Array:
    """The products of a kernel `(*window, inputs, outputs)` with every whole window of `(batch, *space, inputs)`."""
    window = kernel.shape[:-2]
    axes = tuple(range(1, 1 + len(window)))
    views = np.lib.stride_tricks.sliding_window_view(values, window, axis=axes)
    # (batch, *space, inputs, *window) with (*window, inputs, outputs)
    last = views.ndim - len(window)
    summed = (last - 1, *range(last, views.ndim))
    result: Array = np.tensordot(views, kernel, axes=(summed, (len(window), *range(len(window)))))
    return result


def convolve(values: Array, kernel: Array) -> Array:
    """The same with the kernel turned around: each output sums what lies before and behind it the other way."""
    window = kernel.shape[:-2]
    space = tuple(size - length + 1 for size, length in zip(values.shape[1:], window, strict=False))
    result = np.zeros((len(values), *space, kernel.shape[-1]))
    for place in np.ndindex(*window):
        turned = tuple(length - 1 - step for length, step in zip(window, place, strict=True))
        part = values[(slice(None), *(slice(step, step + size) for step, size in zip(turned, space, strict=True)))]
        result += part @ kernel[place]
    return result


def difference(draft: Draft, layer: DraftLayer, tensors: Sequence[Array]) -> float:
    """The distance of the products of a convolution, as the old backend and as today's Keras compute them.

    Only what moves the values of its kernel is looked at, not what makes up for its activation.

    Raises:
        NotComputedError: the kernel is not one of Keras 1 or 2, or it shows nothing.
    """
    moved: tuple[Array, ...] = tuple(tensors)
    for operation in draft.weights.operations.get(layer.path, ()):
        moved = operation.run(moved) if operation.repair in MOVING else moved
    old, new = (as_stored(layer, draft, tensors[0]).astype(np.float64), moved[0].astype(np.float64))
    if not old.any():
        raise NotComputedError(ALL_ZERO)
    if old.shape != new.shape:
        raise NotComputedError("its kernel is not ordered as that of Keras 1.2 or 2")
    space = tuple(length + MORE for length in new.shape[:-2])
    values = np.random.default_rng(SEED).uniform(-2, 2, (BATCH, *space, new.shape[-2]))
    compute = convolve if draft.document.backend == THEANO else correlate
    return float(np.abs(compute(values, old) - correlate(values, new)).max())


def as_stored(layer: DraftLayer, draft: Draft, kernel: Array) -> Array:
    """The stored kernel of a convolution as `(*window, inputs, outputs)`."""
    graph, original = draft.model.graph, layer.original
    if graph is None or original is None or not graph.semantics.kernels_follow_data_format:
        return kernel
    if original.class_name == "Conv1D":
        return kernel[:, 0] if kernel.ndim == 4 else kernel
    return np.moveaxis(kernel, (1, 0), (-2, -1)) if original.config.get("data_format") == FIRST else kernel


def is_compared(draft: Draft, layer: DraftLayer) -> bool:
    """Whether a layer is a convolution whose kernel is changed, and the backend that ran it is told."""
    original = layer.original
    if original is None or original.class_name not in ("Conv1D", "Conv2D"):
        return False
    operations = draft.weights.operations.get(layer.path, ())
    return draft.document.backend is not None and any(operation.repair in MOVING for operation in operations)
