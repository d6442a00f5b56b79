"""Training moved a recurrent layer, but not its recurrent kernel: no state ever came back.

## Why it matters

The recurrent kernel learns from the second timestep on. Where it is still as drawn after training, every training
sequence had one timestep, or the state was thrown away before each: the layer is a Dense with gates. The config often
cannot tell, since it leaves the number of timesteps open. Of public files 49 cells of 10 repositories are so; the two
signs, an orthogonal kernel and optimizer slots of zeros, coincide in all 8 files that hold both.

## Example

This layer was trained on sequences of one timestep.

```console
$ lstmlint check --values --select recurrent-kernel-never-used fixtures/values/one-timestep.keras
fixtures/values/one-timestep.keras:layers/lstm/cell/vars/1: warning[recurrent-kernel-never-used]: lstm: \
recurrent_kernel is still orthogonal (largest deviation 2e-07) and its 2 optimizer slots are zero after 76 steps: no \
training sequence had a second timestep
    help: train on sequences of several timesteps, or replace the layer by a Dense
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select recurrent-kernel-never-used fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A model after a few small steps looks alike: where the optimizer keeps gradients for the kernel the finding is a note. A
layer with other initializers is only judged by the slots of its optimizer.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import (
    cells_in,
    has_gradients,
    is_as_drawn,
    is_orthogonal,
    measures_of,
    stored_location,
    untouched,
)
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.measured import CellMeasures, Measured
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    measured, as_drawn = measures_of(model), {one.layer for one in untouched(model)}
    for cell in cells_in(model):
        if not is_orthogonal(cell) or cell.layer in as_drawn:
            continue
        gradients = [has_gradients(measured, place) for place in cell.recurrents]
        has_proof = gradients == [False] and any(has_gradients(measured, place) for place in cell.kernels)
        if not has_proof and not has_moved(measured, cell):
            continue
        is_moving = any(gradients)
        yield Finding(
            location=stored_location(model, cell.layer, cell.recurrents[0]),
            message=_message(measured, cell, has_proof=has_proof, is_moving=is_moving),
            help="train on sequences of several timesteps, or replace the layer by a Dense",
            severity=Severity.NOTE if is_moving else None,
        )


def has_moved(measured: Measured, cell: CellMeasures) -> bool:
    """Whether the bias or a kernel is not what the initializer in the config made."""
    starts = {place: measured.weights[place].has_default_start for place in (*cell.kernels, *cell.biases)}
    has_bias_moved = cell.has_initial_bias is False and all(starts[place] for place in cell.biases)
    return has_bias_moved or any(starts[place] and not is_as_drawn(measured, place) for place in cell.kernels)


def _message(measured: Measured, cell: CellMeasures, *, has_proof: bool, is_moving: bool) -> str:
    deviation = f"largest deviation {cell.orthogonality:.0e}"
    if is_moving:
        return f"recurrent_kernel hardly moved from its orthogonal start ({deviation})"
    steps = f" after {measured.iterations:,} steps" if measured.iterations else ""
    if has_proof:
        slots = counted(len(measured.slots[cell.recurrents[0]]), "optimizer slot")
        verb = "is" if slots.startswith("1 ") else "are"
        return (
            f"recurrent_kernel is still orthogonal ({deviation}) and its {slots} {verb} zero{steps}: no training "
            "sequence had a second timestep"
        )
    return (
        f"recurrent_kernel is still orthogonal ({deviation}){steps} while its kernel or bias has moved: as if no "
        "training sequence had a second timestep"
    )
