"""The measures of a recurrent cell, gate by gate, from products of its kernels.

A cell is given as its gates: for each the kernel `(features, units)` and the recurrent kernel `(units, units)`. All
products are in float32, as the weights are; eigenvalues of a Gram matrix replace singular values, at a tenth of the
cost. Products of U are taken in the layout of the file, in which Keras draws U as an orthogonal matrix.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.measured import UnitMeasures

Array: TypeAlias = NDArray[Any]

#: The number of units up to which products are made: two matrices `(units, units)` of float32 take 32 MiB.
MOST_UNITS = 2048

#: A unit is dead if none of its weights is larger.
DEAD = 1e-3

#: Two units are duplicates from this cosine on.
SAME = 0.995

#: A gate is stuck if its bias exceeds what inputs and states within +-1 can add to it by more than this.
STUCK = 4.0

#: A direction of U has moved if its singular value differs by more from 1, the value of the initializer.
MOVED = 0.1


@dataclass(frozen=True, slots=True)
class Spectrum:
    """What U U^T tells: `max |U U^T - I|`, the largest and the smallest singular value of U, and how many moved."""

    orthogonality: float
    largest: float
    smallest: float
    moved: int


def gram(gates: Iterable[Array]) -> Array:
    """`U U^T`, shape `(units, units)`, as the sum over the gates `(units, units)` of U."""
    result: Array | None = None
    for gate in gates:
        narrow = gate.astype(np.float32, copy=False)
        product = narrow @ narrow.T
        result = product if result is None else np.add(result, product, out=result)
    if result is None:
        raise ValueError("a cell has gates")
    return result


def spectrum(product: Array) -> Spectrum:
    """The singular values s of U, as the roots of the eigenvalues of `U U^T` `(units, units)`, and what they tell.

    For an orthogonal U, as Keras draws it, `U U^T` is the unit matrix and every s is 1.
    """
    values = np.sqrt(np.maximum(np.linalg.eigvalsh(product), 0))
    moved = int(np.count_nonzero(np.abs(values - 1) > MOVED))
    return Spectrum(orthogonality(product), float(values[-1]), float(values[0]), moved)


def orthogonality(product: Array) -> float:
    """`max |U U^T - I|` of a Gram matrix `(units, units)`."""
    off = np.abs(product)
    np.fill_diagonal(off, np.abs(np.diagonal(product) - 1))
    return float(off.max())


@dataclass(slots=True)
class Units:
    """What is summed over the gates of a cell to judge its units; one gate is looked at a time.

    `likeness` is `sum C_g^T C_g` over the gates, C_g the columns `(features + units, units)` of `[K; U]`.
    """

    units: int
    rows: Array
    columns: Array
    likeness: Array
    stuck: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, units: int) -> Units:
        """Sums of no gate yet."""
        zeros = np.zeros(units, np.float32)
        return cls(units, zeros, zeros.copy(), np.zeros((units, units), np.float32), {})

    def add(self, name: str, kernels: Iterable[Array], recurrent: Array, bias: Array) -> None:
        """Add a gate.

        Args:
            name: its name.
            kernels: blocks of rows of its kernel, each `(rows, units)`.
            recurrent: its recurrent kernel `(units, units)`: a row for each unit that is read.
            bias: its bias `(units,)`.
        """
        reach = np.abs(recurrent).sum(axis=0, dtype=np.float64)
        np.maximum(self.rows, np.abs(recurrent).max(axis=1, initial=0), out=self.rows)
        np.maximum(self.columns, np.abs(recurrent).max(axis=0, initial=0), out=self.columns)
        self.likeness += recurrent.T @ recurrent
        for block in kernels:
            narrow = block.astype(np.float32, copy=False)
            reach += np.abs(narrow).sum(axis=0, dtype=np.float64)
            np.maximum(self.columns, np.abs(narrow).max(axis=0, initial=0), out=self.columns)
            self.likeness += narrow.T @ narrow
        margin = np.abs(bias.astype(np.float64)) - reach
        stuck = tuple(map(int, np.flatnonzero(margin > STUCK)))
        if stuck:
            self.stuck[name] = stuck

    def result(self) -> UnitMeasures:
        """The units that stand out."""
        dead = np.flatnonzero((self.rows < DEAD) & (self.columns < DEAD))
        pairs, likeness = duplicates(self.likeness)
        return UnitMeasures(tuple(map(int, dead)), pairs, likeness, dict(self.stuck))


#: The number of pairs that a result names.
MOST_PAIRS = 64


def duplicates(products: Array) -> tuple[tuple[tuple[int, int], ...], float]:
    """The pairs of columns with a cosine above `SAME`, and the largest cosine of any two.

    Args:
        products: the products of all columns `(units, units)`, overwritten. Columns of zeros are like none.
    """
    lengths = np.sqrt(np.maximum(np.diagonal(products), 0))
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    products *= scale[:, None]
    products *= scale[None, :]
    np.fill_diagonal(products, -1)
    largest = float(products.max(initial=-1.0))
    if largest <= SAME:
        return (), max(0.0, largest)
    first, second = np.nonzero(np.triu(products > SAME))
    return tuple(zip(map(int, first[:MOST_PAIRS]), map(int, second[:MOST_PAIRS]), strict=True)), largest


def is_initial_bias(biases: Mapping[str, Array], *, has_forget_bias: bool) -> bool:
    """Whether biases are exactly those of the initializer of Keras: zero, and one for the forget gate of an LSTM.

    Args:
        biases: the bias `(units,)` of each gate by the letter of the gate; both biases of a gate are added.
        has_forget_bias: the `unit_forget_bias` of an LSTM.
    """
    return all(
        bool((bias == (1 if letter == FORGET and has_forget_bias else 0)).all()) for letter, bias in biases.items()
    )


#: The letter of the gate whose bias starts at one.
FORGET = "f"
