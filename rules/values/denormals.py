"""Weights are nearer to zero than the smallest normal float32.

## Why it matters

Some processors compute with such numbers many times slower, others round them to zero, so that a model gives other
outputs there. They come from weight decay on weights that get no gradient. None of 532 healthy recurrent cells of
public files has one.

## Example

Four values in the recurrent kernel of this layer are 1e-39.

```console
$ lstmlint check --values --select denormals fixtures/values/denormals.keras
fixtures/values/denormals.keras:layers/lstm/cell/vars/1: note[denormals]: lstm: its recurrent_kernel holds 4 values \
of 576 nearer to zero than 1.2e-38
    help: set them to zero
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```console
$ lstmlint check --values --select denormals fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only stored values are judged, not those that arise while the model computes.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import measures_of, stored_location
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.NOTE)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    measured = measures_of(model)
    for place, weight in measured.weights.items():
        of_tensor = measured.tensors.get(place)
        if of_tensor is not None and of_tensor.subnormal:
            yield Finding(
                location=stored_location(model, weight.layer, place),
                message=f"its {weight.name} holds {counted(of_tensor.subnormal, 'value')} of {of_tensor.size:,} nearer "
                "to zero than 1.2e-38",
                help="set them to zero",
            )
