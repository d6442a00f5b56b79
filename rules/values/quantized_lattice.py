"""A float tensor holds only a few different values: it was quantized and stored as float.

## Why it matters

Values on a lattice of at most 256 are eight bits of information in 32 bits. The file could be a quarter as large, and
training it further starts from rounded values.

## Example

The recurrent kernel of this layer was rounded to 8 bits.

```console
$ lstmlint check --values --select quantized-lattice fixtures/values/lattice.keras
fixtures/values/lattice.keras:layers/lstm/cell/vars/1: note[quantized-lattice]: lstm: the 2,304 values of its \
recurrent_kernel are only 208 different ones
    help: store it in the quantized format for which it was rounded, or train from the weights before that
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```console
$ lstmlint check --values --select quantized-lattice fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only matrices of at least 2,048 values are judged, and none of one or two different values, such as a table of ones and
zeros.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import measures_of, stored_location
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Fewer different values are a pattern, such as one-hot rows.
PATTERN = 3


@rule(Severity.NOTE)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    measured = measures_of(model)
    for layer in model.layers:
        for tensor in layer.stored.tensors if layer.stored else ():
            of_tensor = measured.tensors.get(tensor.place)
            if of_tensor is None or "float" not in tensor.dtype or len(tensor.shape) < 2:
                continue
            weight = measured.weights.get(tensor.place)
            if of_tensor.distinct is not None and of_tensor.distinct >= PATTERN:
                yield Finding(
                    location=stored_location(model, weight.layer if weight else layer.full_name, tensor.place),
                    message=f"the {of_tensor.size:,} values of its {weight.name if weight else tensor.name} are only "
                    f"{of_tensor.distinct:,} different ones",
                    help="store it in the quantized format for which it was rounded, or train from the weights before "
                    "that",
                )
