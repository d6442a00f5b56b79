"""Questions about the measured values of a model: which weights are as their initializer made them, and where.

A model without measures gives no answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Location
from lstmlint.ir.measured import CellMeasures, Measured
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Model

#: A recurrent kernel is orthogonal, as Keras draws it, up to this deviation; one step of training makes 0.01 of it.
ORTHOGONAL = 1e-4

#: A uniform sample has this statistic of Kolmogorov and Smirnov or a larger one in 8 of a million cases.
UNIFORM = 2.5

#: Of a table of fewer values nothing is said: so few may lie in the interval of the initializer by chance.
FEWEST = 64

EMBEDDING = "Embedding"
DENSE = "Dense"

#: A recurrent kernel whose largest singular value is smaller feeds hardly anything back.
COLLAPSED = 0.1

#: A text names no more indices or ranges of them.
MOST_TOLD = 8

NOTHING = Measured()


class Start(StrEnum):
    """The kinds of layers of which values tell whether they are as initialised."""

    CELL = "cell"
    TABLE = "table"
    DENSE = "dense"


@dataclass(frozen=True, slots=True)
class Untouched:
    """A layer whose weights are as its initializer made them; `place` is that of the tensor that shows it.

    `rows` are those of a table; `deviation` is `max |U U^T - I|` of a cell.
    """

    kind: Start
    layer: str
    place: str
    is_trainable: bool
    limit: float
    rows: int = 0
    deviation: float = 0.0


def measures_of(model: Model) -> Measured:
    """The measures of a model; empty where nobody asked for them."""
    return model.measured or NOTHING


def stored_location(model: Model, layer: str, place: str = "") -> Location:
    """The location of a layer by its full name, or of one of its stored tensors."""
    pointer = next((one.pointer for one in model.all_layers if one.full_name == layer), ())
    return Location(layer, pointer, place)


def cells_in(model: Model) -> Iterator[CellMeasures]:
    """The recurrent cells whose kernels were measured."""
    return (cell for cell in measures_of(model).cells if cell.unmeasured is None)


def is_orthogonal(cell: CellMeasures) -> bool:
    """Whether the recurrent kernel is orthogonal, as Keras draws it; in Keras 1 each gate is, by 1.1, and never so."""
    return cell.unmeasured is None and cell.orthogonality < ORTHOGONAL


def is_as_drawn(measured: Measured, place: str) -> bool:
    """Whether all values of a tensor lie where Keras draws them from, and are spread evenly there."""
    statistic = measured.tensors[place].uniformity
    return statistic is not None and statistic < UNIFORM


def has_gradients(measured: Measured, place: str) -> bool | None:
    """Whether the optimizer keeps anything but zeros for a weight; `None` where it is not known."""
    slots = measured.slots.get(place)
    if not slots or not all(slot in measured.tensors for slot in slots):
        return None
    return not all(measured.tensors[slot].is_zero for slot in slots)


@asked_once
def untouched(model: Model) -> Iterator[Untouched]:
    """The layers whose weights are as initialised, in the order of the file.

    Of an Embedding or a Dense for which the optimizer keeps gradients, nothing is said: a few steps may leave all
    values in the interval of the initializer. A cell tells by its recurrent kernel, which one step moves.
    """
    measured = measures_of(model)
    for cell in measured.cells:
        if (
            is_orthogonal(cell)
            and cell.has_initial_bias
            and all(is_as_drawn(measured, kernel) for kernel in cell.kernels)
        ):
            weight = measured.weights[cell.recurrents[0]]
            limit = measured.tensors[cell.kernels[0]].limit
            yield Untouched(
                Start.CELL, cell.layer, cell.recurrents[0], weight.is_trainable, limit, deviation=cell.orthogonality
            )
    tensors = {(weight.layer, weight.name): place for place, weight in measured.weights.items()}
    for place, weight in measured.weights.items():
        of_tensor = measured.tensors.get(place)
        if of_tensor is None or not is_as_drawn(measured, place) or has_gradients(measured, place):
            continue
        if weight.class_name == EMBEDDING:
            if of_tensor.size >= FEWEST:
                yield Untouched(
                    Start.TABLE, weight.layer, place, weight.is_trainable, of_tensor.limit, rows=weight.shape[0]
                )
        elif weight.class_name == DENSE and weight.name == "kernel":
            bias = tensors.get((weight.layer, "bias"), "")
            if bias in measured.tensors and measured.tensors[bias].is_zero:
                yield Untouched(Start.DENSE, weight.layer, place, weight.is_trainable, of_tensor.limit)


def trained_cell(model: Model) -> CellMeasures | None:
    """The cell that moved farthest from its start; `None` where none moved or none was measured."""
    moved = [cell for cell in cells_in(model) if cell.orthogonality > ORTHOGONAL and not cell.is_gate_wise]
    return max(moved, key=lambda cell: cell.orthogonality, default=None)


def told(indices: Sequence[int]) -> str:
    """Rising indices as text, with ranges: `0, 4-6`; the first ones of many."""
    parts: list[list[int]] = []
    for index in indices:
        if parts and parts[-1][1] == index - 1:
            parts[-1][1] = index
        else:
            parts.append([index, index])
    texts = [str(first) if first == last else f"{first}-{last}" for first, last in parts[:MOST_TOLD]]
    return ", ".join(texts) + (", ..." if len(parts) > MOST_TOLD else "")


def is_collapsed(cell: CellMeasures) -> bool:
    """Whether the recurrent kernel is nearly zero."""
    return cell.unmeasured is None and cell.singular[0] < COLLAPSED
