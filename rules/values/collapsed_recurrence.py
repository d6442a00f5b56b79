"""The recurrent kernel is nearly zero, so a layer forgets through it what it just computed.

## Why it matters

A recurrent kernel near zero feeds no output back into the next timestep: a SimpleRNN then has no memory at all, and the
gates of an LSTM or GRU see only the input. It is what a regularizer too strong, or a weight decay meant for other
layers, leaves behind. The largest singular value of the kernel is at least .297 in 532 healthy cells of public files,
and .018 and .034 in the two files that were made so.

## Example

The kernels of this layer were trained with an L2 regularizer of 1.0.

```console
$ lstmlint check --values --select collapsed-recurrence fixtures/values/collapsed.keras
fixtures/values/collapsed.keras:layers/lstm/cell/vars/1: warning[collapsed-recurrence]: lstm: the largest singular \
value of its recurrent_kernel is 0.044: hardly anything of an output reaches the next timestep
    help: train again with a weaker recurrent_regularizer, or without weight decay for this layer
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select collapsed-recurrence fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A recurrent kernel may be regularized away on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import cells_in, is_collapsed, stored_location
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for cell in cells_in(model):
        if is_collapsed(cell):
            yield Finding(
                location=stored_location(model, cell.layer, cell.recurrents[0]),
                message=f"the largest singular value of its recurrent_kernel is {cell.singular[0]:.2g}: hardly "
                "anything of an output reaches the next timestep",
                help="train again with a weaker recurrent_regularizer, or without weight decay for this layer",
            )
