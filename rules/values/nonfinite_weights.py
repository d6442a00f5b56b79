"""A stored weight is NaN or infinite.

## Why it matters

One NaN in a kernel makes the outputs of its layer NaN, and nothing says so when the model is loaded. It comes from
training that exploded: a learning rate too high, no gradient clipping, a logarithm or a division of zero in the loss, a
NaN in the data. All 6 files that were made so on purpose are reported; none of 532 healthy recurrent cells of public
files has such a value.

## Example

One value of the recurrent kernel of this file is NaN.

```console
$ lstmlint check --values --select nonfinite-weights fixtures/values/nan.keras
fixtures/values/nan.keras:layers/lstm/cell/vars/1: error[nonfinite-weights]: lstm: its recurrent_kernel holds 1 NaN \
in 576 values
    help: take an earlier checkpoint, and train again with a smaller learning rate or clipnorm
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --values --select nonfinite-weights fixtures/values/trained.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Metrics and the slots of the optimizer are not judged: Keras makes them again.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.measures import measures_of, stored_location
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.measured import TensorMeasures
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    measured = measures_of(model)
    for layer in model.layers:
        for tensor in layer.stored.tensors if layer.stored else ():
            of_tensor = measured.tensors.get(tensor.place)
            if of_tensor is None or of_tensor.is_finite:
                continue
            weight = measured.weights.get(tensor.place)
            name = weight.name if weight else tensor.name
            yield Finding(
                location=stored_location(model, weight.layer if weight else layer.full_name, tensor.place),
                message=f"its {name} holds {_kinds(of_tensor)} in {of_tensor.size:,} values",
                help="take an earlier checkpoint, and train again with a smaller learning rate or clipnorm",
                cause="weights that are not finite",
            )


def _kinds(of_tensor: TensorMeasures) -> str:
    """The number of each kind: `3 NaN and 1 infinity`."""
    nans = f"{of_tensor.nans:,} NaN" if of_tensor.nans else ""
    infinities = counted(of_tensor.infinities, "infinity", "infinities") if of_tensor.infinities else ""
    return " and ".join(filter(None, (nans, infinities)))
