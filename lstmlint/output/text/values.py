"""The figures of measured values as text and as plain JSON, and in sentences that say what each means and what not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.analyses.value_figures import CellFigures, ModelFigures, figures_of
from lstmlint.ir.measured import CellQuantization
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.ir.words import counted

HEADERS = ("Recurrent layer", "Moved directions", "Singular values", "Exact zeros", "Largest weight", "Stored as")

QUANTIZED = ("Recurrent layer", "In fewer bits", "Error of kernels", "Beyond range", "Change of last state")

ON_RANDOM = "States are the last ones on random sequences of 50 steps; their change is no forecast of accuracy."


def lines(model: Model) -> Iterator[str]:
    """The figures of a model and a table of its recurrent layers; nothing where nobody asked for values."""
    figures = figures_of(model)
    if figures is None:
        return
    yield f"Values that are not finite: {figures.nonfinite:,} of {figures.values:,}"
    yield f"As initialised: {', '.join(figures.as_initialised) or 'no layer of which values tell it'}"
    if figures.iterations is not None:
        yield f"Training steps that the optimizer counted: {figures.iterations:,}"
    if figures.cells:
        from tabulate import tabulate

        rows = [_row(one) for one in figures.cells]
        yield from tabulate(rows, headers=HEADERS, tablefmt="simple_outline", disable_numparse=True).splitlines()
    yield from _quantization(figures.quantized)
    for one in figures.cells:
        if one.cell.unmeasured:
            yield f"{one.cell.layer}: the recurrent kernel is not measured, because {one.cell.unmeasured.reason}"
    for place, reason in figures.unread:
        yield f"{place}: not read, because {reason}"


def _quantization(cells: Sequence[CellQuantization]) -> Iterator[str]:
    """A table of the cells in fewer bits, and why figures are not known."""
    rows = [
        [cell.layer, one.format, _percent(one.weight_error), f"{one.overflow:,}", _percent(one.state_change)]
        for cell in cells
        for one in cell.formats
    ]
    if rows:
        from tabulate import tabulate

        yield from tabulate(rows, headers=QUANTIZED, tablefmt="simple_outline", disable_numparse=True).splitlines()
        yield ON_RANDOM
    for cell in cells:
        for reason in _reasons(cell):
            yield f"{cell.layer}: not all is known of it in fewer bits, because {reason}"


def _percent(share: float | Unknown) -> str:
    return "?" if isinstance(share, Unknown) else f"{100 * share:.2g} %"


def _reasons(cell: CellQuantization) -> Iterator[str]:
    """Why figures of a cell in fewer bits are not known, each reason once."""
    told = (cell.unmeasured, *(part for one in cell.formats for part in (one.weight_error, one.state_change)))
    yield from dict.fromkeys(one.reason for one in told if isinstance(one, Unknown))


def _row(one: CellFigures) -> list[str]:
    return [
        one.cell.layer,
        "?" if isinstance(one.moved, Unknown) else f"{one.moved:,} of {one.cell.units:,}",
        "?" if isinstance(one.singular, Unknown) else f"{one.singular[1]:.3g} to {one.singular[0]:.3g}",
        f"{one.zeros:,} of {one.size:,}",
        f"{one.largest:.4g}",
        ", ".join(one.dtypes),
    ]


def to_object(model: Model) -> dict[str, Any] | None:
    """The figures as plain JSON; `None` where nobody asked for values."""
    figures = figures_of(model)
    return None if figures is None else _object(figures)


def _object(figures: ModelFigures) -> dict[str, Any]:
    return {
        "values": figures.values,
        "nonfinite": figures.nonfinite,
        "as_initialised": list(figures.as_initialised),
        "iterations": figures.iterations,
        "unread": [{"place": place, "reason": reason} for place, reason in figures.unread],
        "recurrent": [cell_object(one) for one in figures.cells],
        "quantization": [_quantized_object(one) for one in figures.quantized],
    }


def _quantized_object(cell: CellQuantization) -> dict[str, Any]:
    return {
        "path": cell.layer,
        "formats": [
            {
                "format": one.format,
                "weight_error": "unknown" if isinstance(one.weight_error, Unknown) else one.weight_error,
                "overflow": one.overflow,
                "state_change": "unknown" if isinstance(one.state_change, Unknown) else one.state_change,
            }
            for one in cell.formats
        ],
        "unknown_because": next(_reasons(cell), None),
    }


def cell_object(one: CellFigures) -> dict[str, Any]:
    """The figures of a cell as plain JSON."""
    is_measured = not isinstance(one.singular, Unknown)
    return {
        "path": one.cell.layer,
        "units": one.cell.units,
        "moved_directions": "unknown" if isinstance(one.moved, Unknown) else one.moved,
        "largest_singular": "unknown" if isinstance(one.singular, Unknown) else one.singular[0],
        "smallest_singular": "unknown" if isinstance(one.singular, Unknown) else one.singular[1],
        "orthogonality": one.cell.orthogonality if is_measured else "unknown",
        "exact_zeros": one.zeros,
        "kernel_values": one.size,
        "largest_weight": one.largest,
        "dtypes": list(one.dtypes),
        "unknown_because": next((told.reason for told in (one.singular, one.moved) if isinstance(told, Unknown)), None),
    }


def sentences(one: CellFigures) -> Iterator[str]:
    """What each figure of a cell means, and what it does not."""
    if isinstance(one.singular, Unknown):
        yield f"values of the recurrent kernel: unknown, because {one.singular.reason}"
    else:
        yield from _of_kernel(one, one.singular)
    yield (
        f"exact zeros: {one.zeros:,} of {one.size:,} values of the kernels; training leaves hardly any, pruning and "
        "dead units do"
    )
    yield (
        f"largest weight: {one.largest:.4g}, stored as {', '.join(one.dtypes)}; float16 ends at 65,504, and 532 "
        "healthy recurrent layers of public files end at 37.8"
    )


def _of_kernel(one: CellFigures, singular: tuple[float, float]) -> Iterator[str]:
    largest, smallest = singular
    yield (
        f"singular values of the recurrent kernel: {smallest:.3g} to {largest:.3g}; all are 1 in an untrained layer of "
        "Keras 2 and 3. The largest bounds by how much the product with it can lengthen a state; in 532 healthy layers "
        "of public files it lies from 0.297 to 60"
    )
    if isinstance(one.moved, Unknown):
        yield f"moved directions: unknown, because {one.moved.reason}"
        return
    rest = one.cell.units - one.moved
    yield (
        f"moved directions: {one.moved:,} of {counted(one.cell.units, 'direction')} of the recurrent kernel differ "
        f"from an untrained start by more than 10 %; {'the rest look' if rest else 'none looks'} as initialised. "
        + _of_width(one.moved, one.cell.units)
        + "It says nothing after strong L1 or L2 regularization, or of another initializer"
    )


def _of_width(moved: int, units: int) -> str:
    """What few moved directions may mean: no more than two readings, between which only training decides."""
    if 10 * moved >= units:
        return "A small count may mean that the layer is wider than needed, or trained too little. "
    if not moved:
        return "It is untrained, or trained so little that no direction shows it. "
    low, high = max(1, moved), max(2, 2 * moved)
    return (
        "The layer may be wider than needed or trained too little; training again with "
        f"{low:,} to {high:,} units would tell. "
    )
