"""A share of the kernels of a recurrent layer is exactly zero: the layer was pruned.

## Why it matters

Zeros that pruning left cost as much as other values, in the file and in each timestep, unless a compressed format or a
sparse kernel makes use of them. Training leaves no exact zeros: none of 532 healthy cells of public files has more than
one in a hundred.

## Example

Four of five values in the kernels of this layer are zero.

```console
$ lstmlint check --values --select pruned-weights fixtures/values/pruned.keras
fixtures/values/pruned.keras:layers/lstm/cell/vars/1: note[pruned-weights]: lstm: 498 of 624 values in its kernels \
are exactly zero (80%)
    help: store the file compressed (gzip, zip), or train a layer of fewer units
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```console
$ lstmlint check --values --select pruned-weights fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Units that are dead as a whole are reported by `dead-units`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import cells_in, measures_of, stored_location
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The share of zeros, in percent, from which a cell is reported.
FEW = 1


@rule(Severity.NOTE)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    tensors = measures_of(model).tensors
    for cell in cells_in(model):
        kernels = [tensors[place] for place in (*cell.kernels, *cell.recurrents)]
        zeros, size = sum(kernel.zeros for kernel in kernels), sum(kernel.size for kernel in kernels)
        if 100 * zeros > FEW * size:
            yield Finding(
                location=stored_location(model, cell.layer, cell.recurrents[0]),
                message=f"{zeros:,} of {size:,} values in its kernels are exactly zero ({zeros / size:.0%})",
                help="store the file compressed (gzip, zip), or train a layer of fewer units",
            )
