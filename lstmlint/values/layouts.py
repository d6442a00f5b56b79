"""The gates of a cell in the tensors of a file, in each layout that some Keras has written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from lstmlint.ir.dataclass import dataclass
from lstmlint.keras.classes import Kind, kind_of, traits_of
from lstmlint.values.stores.blocks import STRIPE_BYTES, Values

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

#: The tensors of a gate in Keras 1: kernel, recurrent kernel, bias.
PER_GATE = 3


class NoGatesError(Exception):
    """The tensors are not those of a cell, or too large to be rearranged; the message completes "not measured: ..."."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A tensor of a cell: held in memory where it is small, otherwise read again for each question."""

    values: Values
    held: Array | None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor."""
        return self.values.shape

    def blocks(self) -> Iterator[Array]:
        """Its rows, in blocks."""
        return iter((self.held,)) if self.held is not None else self.values.blocks()

    def columns(self, first: int, last: int) -> Array:
        """Some of its columns as an array `(rows, last - first)`."""
        import numpy as np

        if self.held is not None:
            return self.held[:, first:last]
        return np.concatenate([block[:, first:last].copy() for block in self.values.blocks()])

    def whole(self) -> Array:
        """The tensor as an array."""
        import numpy as np

        return self.held if self.held is not None else np.concatenate([block.copy() for block in self.values.blocks()])


@dataclass(frozen=True, slots=True)
class GateTensors:
    """One gate of a cell: `letter` and `name`, and where its numbers are.

    `kernels` gives blocks of rows of the kernel, `recurrent` the recurrent kernel `(units, units)`, both as the layer
    computes with them; `stored` is the recurrent kernel as the file has it.
    """

    letter: str
    name: str
    cell: CellTensors
    index: int

    def stored(self) -> Array:
        """The recurrent kernel as the file has it."""
        cell = self.cell
        if cell.is_apart:
            return cell.tensors[PER_GATE * self.index + 1].whole()
        return cell.tensors[1].columns(*self._side)

    def recurrent(self) -> Array:
        """The recurrent kernel `(units, units)` with a row for each unit that is read."""
        return turned(self.stored()) if self.cell.is_cudnn else self.stored()

    def kernels(self) -> Iterator[Array]:
        """Blocks of rows of the kernel `(features, units)`."""
        cell = self.cell
        if cell.is_apart:
            yield from cell.tensors[PER_GATE * self.index].blocks()
        elif cell.is_cudnn:
            yield turned(cell.tensors[0].columns(*self._side))
        else:
            first, last = self._side
            yield from (block[:, first:last] for block in cell.tensors[0].blocks())

    def bias(self) -> Array:
        """The bias `(units,)`: the sum of the biases of input and state where there are two; zeros without any."""
        import numpy as np

        cell = self.cell
        if cell.is_apart:
            return cell.tensors[PER_GATE * self.index + 2].whole()
        if len(cell.tensors) < 3:
            return np.zeros(cell.units)
        first, last = self._side
        rows: Array = cell.tensors[2].whole().reshape(-1, len(cell.kind.gates) * cell.units)
        summed: Array = rows.sum(axis=0)
        return summed[first:last]

    @property
    def _side(self) -> tuple[int, int]:
        return self.index * self.cell.units, (self.index + 1) * self.cell.units


def turned(gate: Array) -> Array:
    """The matrix of a gate that cuDNN reads: the values in the order of the file are a row for each unit.

    Source: Keras 2.3.1, `layers/cudnn_recurrent.py`, and `engine/saving.py`, `transform_kernels`.
    """
    rows: Array = gate.ravel().reshape(gate.shape[1], -1)
    return rows.T


@dataclass(frozen=True, slots=True)
class CellTensors:
    """The tensors of a cell in one of three layouts: gates side by side, as cuDNN reads them, or apart (Keras 1)."""

    kind: Kind
    units: int
    features: int
    tensors: tuple[Matrix, ...]
    is_cudnn: bool
    is_apart: bool

    def gates(self) -> Iterator[GateTensors]:
        """The gates, in the order of the file."""
        letters = self.kind.keras1_letters if self.is_apart else self.kind.letters
        names = {gate.letter: gate.name for gate in self.kind.gates}
        for index, letter in enumerate(letters):
            yield GateTensors(letter, names[letter], self, index)

    def indices(self, role: int) -> range:
        """The indices of the tensors of a role: 0 kernels, 1 recurrent kernels, 2 biases."""
        return range(role, len(self.tensors), PER_GATE)


def cell_tensors(class_name: str, tensors: Sequence[Matrix]) -> CellTensors:
    """The gates in the tensors of a layer or cell.

    Raises:
        NoGatesError: the tensors are not those of the class, or cannot be rearranged in little memory.
    """
    kind, traits = kind_of(class_name), traits_of(class_name)
    count = len(kind.gates)
    is_apart = count > 1 and len(tensors) == PER_GATE * count
    if not is_apart and len(tensors) not in (2, 3):
        raise NoGatesError(f"{len(tensors)} tensors are not those of a {class_name}")
    kernel, recurrent = tensors[0].shape, tensors[1].shape
    width = 1 if is_apart else count
    if len(kernel) != 2 or len(recurrent) != 2 or recurrent[1] != width * recurrent[0] or kernel[1] != recurrent[1]:
        raise NoGatesError(f"its tensors are not those of a {class_name}")
    units, features = recurrent[0], kernel[0]
    cell = CellTensors(kind, units, features, tuple(tensors), traits.is_cudnn, is_apart)
    if not units or not all(_is_sound(cell, at, tensor.shape) for at, tensor in enumerate(tensors)):
        raise NoGatesError(f"its tensors are not those of a {class_name}")
    if traits.is_cudnn and units * max(units, features) * 4 > STRIPE_BYTES:
        raise NoGatesError("its kernels are too large to be rearranged in little memory")
    if any(len(tensor.values.shape) == 2 and tensor.values.rows != tensor.shape[0] for tensor in tensors):
        raise NoGatesError("its rows are too large to be compared in little memory")
    return cell


def _is_sound(cell: CellTensors, at: int, shape: tuple[int, ...]) -> bool:
    width = 1 if cell.is_apart else len(cell.kind.gates)
    role = at % PER_GATE
    if role < 2:
        return shape == ((cell.features, cell.units)[role], width * cell.units)
    return math.prod(shape) in ((cell.units,) if cell.is_apart else (width * cell.units, 2 * width * cell.units))
