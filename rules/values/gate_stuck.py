"""A gate of a unit is open or shut whatever the layer reads.

## Why it matters

A bias that exceeds everything the weights can add to it decides alone: an output gate that never opens silences the
unit, a forget gate that is always open never forgets. Of 532 healthy cells of public files one has such a gate, a toy
of 2 units.

## Example

The output gates of the first three units of this layer have a bias of -40.

```console
$ lstmlint check --values --select gate-stuck fixtures/values/shut-gate.keras
fixtures/values/shut-gate.keras:layers/lstm/cell/vars/2: note[gate-stuck]: lstm: the output gate of 3 of 12 units \
never changes for inputs within +-1: 0-2
    help: scale the inputs to +-1, and train again with a smaller learning rate
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```console
$ lstmlint check --values --select gate-stuck fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The bound holds for inputs and states between -1 and 1; larger inputs may still move the gate.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import cells_in, stored_location, told
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.NOTE, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for cell in cells_in(model):
        for gate, units in cell.of_units.stuck.items():
            yield Finding(
                location=stored_location(model, cell.layer, cell.biases[0] if cell.biases else ""),
                message=f"the {gate or 'activation'}{' gate' if gate else ''} of {len(units):,} of {cell.units:,} "
                f"units never changes for inputs within +-1: {told(units)}",
                help="scale the inputs to +-1, and train again with a smaller learning rate",
            )
