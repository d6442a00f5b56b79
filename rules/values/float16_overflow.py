"""A weight is larger than float16 can hold.

## Why it matters

Converting the model to float16, as for TensorFlow Lite or a GPU, makes such a value infinite, and the outputs NaN. None
of 532 healthy recurrent cells of public files has one.

## Example

One value in the kernel of this layer is 100,000; float16 ends at 65,504.

```console
$ lstmlint check --values --select float16-overflow fixtures/values/overflow.keras
fixtures/values/overflow.keras:layers/lstm/cell/vars/0: note[float16-overflow]: lstm: its kernel holds 1 value of 48 \
beyond +-65,504 (largest 100,000), where float16 ends
    help: keep this layer in float32, or scale its inputs
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```console
$ lstmlint check --values --select float16-overflow fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Values that overflow only in a product are not seen.
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
        if of_tensor is not None and of_tensor.beyond_half:
            yield Finding(
                location=stored_location(model, weight.layer, place),
                message=f"its {weight.name} holds {counted(of_tensor.beyond_half, 'value')} of {of_tensor.size:,} "
                f"beyond +-65,504 (largest {of_tensor.largest:,.6g}), where float16 ends",
                help="keep this layer in float32, or scale its inputs",
            )
