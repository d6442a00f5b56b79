"""Quantization of recurrent layers: the error of their kernels, and how far it moves their state.

Each format keeps the kernels W and U of a cell in fewer bits; `float16` its biases as well. int8 is symmetric:
`round(w / s)` with `s = max |w| / 127`, over the kernel (`per tensor`) or over each of its columns (`per output
column`), gates side by side as Keras 2 and 3 lay them out. Activations and states stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstmlint.analyses.measures import measures_of
from lstmlint.fixing.certificate.functions import NotComputedError
from lstmlint.fixing.certificate.recurrent import Gate, Recurrence, gates_in, recurrence, run
from lstmlint.ir.dataclass import replace
from lstmlint.ir.measured import CellQuantization, Quantized
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.values.owners import Owned, owned_tensors
from lstmlint.values.stores.blocks import Store, UnreadValuesError
from lstmlint.values.stores.opening import store_of

Array: TypeAlias = NDArray[Any]
Gates: TypeAlias = Mapping[str, Gate]

#: The sequences on which a state is computed: values of the standard normal distribution.
BATCH, STEPS, SEED = 4, 50, 1

#: The most values in the kernels of one cell, and of all cells of a model, that are computed.
MOST_VALUES, MOST_IN_ALL = 2**21, 2**24

#: The largest int8.
LARGEST_BYTE = 127

TOO_LARGE = f"its kernels have more than {MOST_VALUES:,} values"
TOO_MANY = f"the cells before it have more than {MOST_IN_ALL:,} values"
STILL = Unknown("its state stays zero")
NOT_FINITE = Unknown("its state is not finite")


def quantized(model: Model) -> tuple[CellQuantization, ...]:
    """The figures of each measured recurrent layer or cell of a model, which carries its measures.

    Raises:
        UnreadableError: the file cannot be opened again.
    """
    cells = {cell.layer for cell in measures_of(model).cells}
    if not cells:
        return ()
    with store_of(model.document) as store, np.errstate(all="ignore"):
        owned = [one for one in owned_tensors(model) if one.layer.full_name in cells]
        return tuple(_in_order(model, owned, store))


def _in_order(model: Model, owned: list[Owned], store: Store) -> Iterator[CellQuantization]:
    left = MOST_IN_ALL
    for one in owned:
        size = sum(math.prod(tensor.shape) for tensor in one.tensors)
        try:
            if size > MOST_VALUES:
                raise NotComputedError(TOO_LARGE)
            if size > left:
                raise NotComputedError(TOO_MANY)
            left -= size
            yield CellQuantization(one.layer.full_name, tuple(_formats(model, one, store)))
        except (NotComputedError, UnreadValuesError) as error:
            yield CellQuantization(one.layer.full_name, (), Unknown(str(error)))


def _formats(model: Model, owned: Owned, store: Store) -> Iterator[Quantized]:
    """The figures of each format.

    Raises:
        NotComputedError: the tensors are not those of the class, or not finite.
        UnreadValuesError: they cannot be read.
    """
    of_tensors = measures_of(model).tensors
    if not all(of_tensors[tensor.place].is_finite for tensor in owned.tensors):
        raise NotComputedError("it holds values that are not finite")
    tensors = [_whole(store, tensor.place, tensor.shape) for tensor in owned.tensors]
    gates = gates_in(owned.layer.class_name, [tensor.astype(np.float64) for tensor in tensors])
    overflow = sum(int(np.count_nonzero(np.isinf(tensor.astype(np.float16)))) for tensor in tensors)
    layer = _computed(model, owned.layer, tensors)
    before = layer if isinstance(layer, Unknown) else last_state(layer)
    for name, quantize in FORMATS.items():
        changed = quantize(gates)
        beyond = overflow if name == "float16" else 0
        if beyond:
            unknown = Unknown("values are beyond the range of float16")
            yield Quantized(name, unknown, beyond, unknown)
            continue
        after = layer if isinstance(layer, Unknown) else last_state(replace(layer, gates=changed))
        yield Quantized(name, weight_error(gates, changed), beyond, _distance(before, after))


def _whole(store: Store, place: str, shape: tuple[int, ...]) -> Array:
    blocks = [block.ravel().copy() for block in store.values(place, shape).blocks()]
    return np.concatenate(blocks).reshape(shape) if blocks else np.zeros(shape)


def _computed(model: Model, layer: Layer, tensors: list[Array]) -> Recurrence | Unknown:
    if model.graph is None:
        return Unknown("the file holds no config of it")
    try:
        return recurrence(layer.class_name, layer.config, tensors, model.graph.semantics.hard_sigmoid_slope)
    except NotComputedError as error:
        return Unknown(str(error))


def last_state(layer: Recurrence) -> Array:
    """The state `(batch, units)` of a layer after the last step of random sequences, from a state of zeros."""
    features = next(iter(layer.gates.values())).kernel.shape[0]
    sequences = np.random.default_rng(SEED).standard_normal((BATCH, STEPS, features))
    return run(layer, sequences)[1][0]


def _distance(before: Array | Unknown, after: Array | Unknown) -> float | Unknown:
    """`|after - before| / |before|`, or why it is not known."""
    if isinstance(before, Unknown):
        return before
    if isinstance(after, Unknown):
        return after
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return NOT_FINITE
    length = float(np.linalg.norm(before))
    return float(np.linalg.norm(after - before)) / length if length else STILL


def weight_error(before: Gates, after: Gates) -> float | Unknown:
    """The relative error of all kernels of a cell as one vector: `|w' - w| / |w|`."""
    pairs = [pair for name, gate in before.items() for pair in zip(_kernels(gate), _kernels(after[name]), strict=True)]
    length = math.sqrt(sum(float(np.square(one).sum()) for one, _ in pairs))
    error = math.sqrt(sum(float(np.square(other - one).sum()) for one, other in pairs))
    return (
        error / length
        if 0 < length < math.inf
        else Unknown("its kernels are zero, or too small or large to be squared")
    )


def _kernels(gate: Gate) -> tuple[Array, Array]:
    return gate.kernel, gate.recurrent


def half(gates: Gates) -> Gates:
    """All tensors as float16."""
    return {name: Gate(*map(_half, (*_kernels(gate), gate.bias, gate.recurrent_bias))) for name, gate in gates.items()}


def _half(values: Array) -> Array:
    return values.astype(np.float16).astype(np.float64)


def per_tensor(gates: Gates) -> Gates:
    """Kernels as int8 with one scale for W and one for U."""
    scales = [max(float(np.abs(kernel).max(initial=0)) for kernel in role) for role in _roles(gates)]
    return _rounded(gates, lambda kernel, role: np.asarray(scales[role]))


def per_column(gates: Gates) -> Gates:
    """Kernels as int8 with a scale for each column, which is a unit of a gate."""
    return _rounded(gates, lambda kernel, role: np.abs(kernel).max(axis=0, initial=0))


def _roles(gates: Gates) -> tuple[tuple[Array, ...], ...]:
    return tuple(gate.kernel for gate in gates.values()), tuple(gate.recurrent for gate in gates.values())


def _rounded(gates: Gates, largest: Callable[[Array, int], Array]) -> Gates:
    """Kernels in steps of `largest(kernel, role) / 127`; role 0 is W, 1 is U."""

    def rounded(kernel: Array, role: int) -> Array:
        step = largest(kernel, role) / LARGEST_BYTE
        step = np.where(step > 0, step, 1)
        return np.rint(kernel / step) * step

    return {
        name: replace(gate, kernel=rounded(gate.kernel, 0), recurrent=rounded(gate.recurrent, 1))
        for name, gate in gates.items()
    }


FORMATS: Mapping[str, Callable[[Gates], Gates]] = {
    "float16": half,
    "int8 per tensor": per_tensor,
    "int8 per output column": per_column,
}
