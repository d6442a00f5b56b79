"""Units of a recurrent layer have only weights near zero: they compute nothing.

## Why it matters

A unit whose weights are all near zero has an output that depends on nothing, and costs as much as any other. It is what
strong regularization or pruning leaves behind. None of 532 healthy cells of public files has one.

## Example

Three of the 12 units of this layer are dead.

```console
$ lstmlint check --values --select dead-units fixtures/values/dead-units.keras
fixtures/values/dead-units.keras:layers/lstm/cell/vars/1: warning[dead-units]: lstm: 3 of 12 units have no weight \
above 0.001: 9-11
    help: train again with a weaker regularizer or another seed, and see whether they stay dead
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select dead-units fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A unit counts as dead if no weight from or to it is larger than 0.001; its bias is not asked. Layers whose whole
recurrent kernel is near zero are reported by `collapsed-recurrence`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import cells_in, is_collapsed, stored_location, told
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for cell in cells_in(model):
        dead = cell.of_units.dead
        if dead and not is_collapsed(cell):
            yield Finding(
                location=stored_location(model, cell.layer, cell.recurrents[0]),
                message=f"{len(dead):,} of {cell.units:,} units have no weight above 0.001: {told(dead)}",
                help="train again with a weaker regularizer or another seed, and see whether they stay dead",
            )
