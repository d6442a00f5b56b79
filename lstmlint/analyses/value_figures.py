"""The figures of measured values: one record for each recurrent cell, and one for the model."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import measures_of, untouched
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.measured import CellMeasures, CellQuantization
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown

#: Why the directions of a recurrent kernel of Keras 1 are not counted.
GATE_WISE = Unknown("Keras 1 draws each gate on its own")


@dataclass(frozen=True, slots=True)
class CellFigures:
    """The figures of a cell.

    `moved` counts the singular values of its recurrent kernel that differ from 1, that of an untrained start, by more
    than 0.1; `singular` are the largest and the smallest. `zeros` are the exact zeros among the `size` values of its
    kernels, `largest` is the largest magnitude among all of its finite values, which are stored as `dtypes`.
    """

    cell: CellMeasures
    moved: int | Unknown
    singular: tuple[float, float] | Unknown
    zeros: int
    size: int
    largest: float
    dtypes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """The figures of a model: its stored values, those that are not finite, and the layers that are as initialised.

    `iterations` is `None` where no optimizer counted training steps. `unread` are the tensors that were not read, with
    the reasons. `quantized` are the recurrent cells in fewer bits, where somebody asked for that.
    """

    values: int
    nonfinite: int
    as_initialised: tuple[str, ...]
    iterations: int | None
    unread: tuple[tuple[str, str], ...]
    cells: tuple[CellFigures, ...]
    quantized: tuple[CellQuantization, ...]


def figures_of(model: Model) -> ModelFigures | None:
    """The figures of a model; `None` where nobody asked for its values."""
    if model.measured is None:
        return None
    measured = model.measured
    places = [tensor.place for layer in model.document.stored or () for tensor in layer.tensors]
    tensors = [measured.tensors[place] for place in places if place in measured.tensors]
    return ModelFigures(
        values=sum(tensor.size for tensor in tensors),
        nonfinite=sum(tensor.nans + tensor.infinities for tensor in tensors),
        as_initialised=tuple(dict.fromkeys(one.layer for one in untouched(model))),
        iterations=measured.iterations,
        unread=tuple((place, measured.unread[place].reason) for place in places if place in measured.unread),
        cells=tuple(_cells(model)),
        quantized=measured.quantized,
    )


def _cells(model: Model) -> Iterator[CellFigures]:
    measured = measures_of(model)
    dtypes = {tensor.place: tensor.dtype for layer in model.document.stored or () for tensor in layer.tensors}
    for cell in measured.cells:
        kernels = [measured.tensors[place] for place in (*cell.kernels, *cell.recurrents)]
        places = (*cell.kernels, *cell.recurrents, *cell.biases)
        yield CellFigures(
            cell=cell,
            moved=cell.unmeasured or (GATE_WISE if cell.is_gate_wise else cell.moved),
            singular=cell.unmeasured or cell.singular,
            zeros=sum(kernel.zeros for kernel in kernels),
            size=sum(kernel.size for kernel in kernels),
            largest=max(measured.tensors[place].largest for place in places),
            dtypes=tuple(dict.fromkeys(dtypes[place] for place in places)),
        )
