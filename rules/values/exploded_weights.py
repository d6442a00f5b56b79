"""The weights of a recurrent layer are far larger than any that trained well.

## Why it matters

Gates are saturated at such weights: the layer switches instead of computing, and its gradients are zero or huge. It is
what a learning rate too high leaves behind. The recurrent kernel of 532 healthy cells of public files has no singular
value above 60 and their tensors no value above 37.8; the two files that were made so have singular values of 1,260 and
1,830.

## Example

This model was trained with Adam at a learning rate of 10.

```console
$ lstmlint check --values --select exploded-weights fixtures/values/exploded.keras
fixtures/values/exploded.keras:layers/lstm/cell/vars/1: warning[exploded-weights]: lstm: the largest singular value \
of its recurrent_kernel is 669.8, and its largest weight is 190.7: its gates are saturated
    help: train again with a smaller learning rate, and with clipnorm
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select exploded-weights fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only recurrent layers are judged: a Dense may well hold values of 172.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import measures_of, stored_location
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The largest singular value of a recurrent kernel, and the largest value in a cell, that are not reported.
LARGEST_SINGULAR, LARGEST_VALUE = 100, 50


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    measured = measures_of(model)
    for cell in measured.cells:
        sizes = {place: measured.tensors[place].largest for place in (*cell.kernels, *cell.recurrents, *cell.biases)}
        place = max(sizes, key=lambda one: sizes[one])
        singular = cell.singular[0] if cell.unmeasured is None else 0
        if singular <= LARGEST_SINGULAR and sizes[place] <= LARGEST_VALUE:
            continue
        said = f"the largest singular value of its recurrent_kernel is {singular:,.4g}, and " if singular else ""
        yield Finding(
            location=stored_location(model, cell.layer, place),
            message=f"{said}its largest weight is {sizes[place]:,.4g}: its gates are saturated",
            help="train again with a smaller learning rate, and with clipnorm",
        )
