"""Tensors of a layer rearranged from an older layout to that of today's Keras: pure functions on NumPy arrays.

Each function gives the values that Keras 2 itself makes (Keras 2.3.1, `engine/saving.py`:
`preprocess_weights_for_loading` and `_convert_rnn_weights`). This is a module of its own, so that only callers that
write weights import NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

#: The number of tensors of a gate in Keras 1: kernel, recurrent kernel, bias.
PER_GATE = 3

#: The order of today's gates as indices in Keras 1, by number of gates: an LSTM had i, c, f, o and has i, f, c, o.
GATE_ORDER = {4: (0, 2, 1, 3), 3: (0, 1, 2)}


def merged_gates(tensors: Sequence[Array], gates: int) -> tuple[Array, ...]:
    """Kernel, recurrent kernel and bias of all gates, from those of each gate, which Keras 1 stored.

    Another number of tensors than `3 * gates` means that they are merged already; they stay.
    """
    if len(tensors) != PER_GATE * gates:
        return tuple(tensors)
    order = GATE_ORDER[gates]
    kinds = [[tensors[PER_GATE * gate + kind] for gate in order] for kind in range(PER_GATE)]
    return tuple(np.concatenate(kind, axis=-1) for kind in kinds)


def unfused(tensors: Sequence[Array], gates: int) -> tuple[Array, ...]:
    """The tensors of an LSTM, or of a GRU with `reset_after`, from the tensors of a cuDNN layer.

    cuDNN reads the values of each gate's kernel, one after the other, as a matrix with a row for each unit. It has a
    bias for the input and a bias for the state: an LSTM adds both, a GRU stores them as two rows.
    """
    kernel, recurrent, *biases = tensors
    units = recurrent.shape[0]
    kernels = (_gates_apart(kernel, gates), _gates_apart(recurrent, gates))
    read = (np.concatenate([gate.reshape(units, -1).T for gate in kind], axis=1) for kind in kernels)
    rows = (bias.reshape(2, gates * units) for bias in biases)
    return (*read, *((row.sum(axis=0) if gates == 4 else row) for row in rows))


def scaled_gates(tensors: Sequence[Array], gates: int, chosen: Iterable[int], factor: float) -> tuple[Array, ...]:
    """The tensors of a recurrent layer, with all values that feed the chosen gates multiplied.

    The gates lie side by side along the last axis of kernel, recurrent kernel and bias.
    """
    factors = np.ones(gates)
    factors[list(chosen)] = factor
    return tuple(_multiplied(tensor, np.repeat(factors, tensor.shape[-1] // gates)) for tensor in tensors)


def scaled(tensors: Sequence[Array], first: int, factor: float) -> tuple[Array, ...]:
    """The tensors, with every tensor from an index on multiplied."""
    return (*tensors[:first], *(_multiplied(tensor, factor) for tensor in tensors[first:]))


def flipped(kernel: Array) -> Array:
    """A convolution kernel flipped along each spatial axis: Theano convolves, other backends correlate."""
    return kernel[tuple(slice(None, None, -1) for _ in kernel.shape[:-2])]


def outputs_last(kernel: Array) -> Array:
    """A kernel `(outputs, inputs, *window)`, as Theano orders them, as `(*window, inputs, outputs)`."""
    return kernel.transpose(*range(2, kernel.ndim), 1, 0)


def without_second_axis(kernel: Array, length: int, filters: int) -> Array:
    """A kernel of one dimension `(length, inputs, outputs)`, from a kernel of Keras 1 with one more axis of length one.

    Keras 1.2 has `(length, 1, inputs, outputs)`; Keras 1.1 has the order of Theano, `(outputs, inputs, length, 1)`.
    """
    if kernel.ndim != 4:
        return kernel
    is_ordered = kernel.shape[:2] == (length, 1) and kernel.shape[3] == filters
    return (kernel if is_ordered else outputs_last(kernel))[:, 0]


def _gates_apart(kernel: Array, gates: int) -> list[Array]:
    return np.split(np.ascontiguousarray(kernel), gates, axis=1)


def _multiplied(tensor: Array, factors: Any) -> Array:
    """A product rounded once to the precision of the tensor."""
    multiplied: Array = tensor.astype(np.float64) * factors
    return multiplied.astype(tensor.dtype)
