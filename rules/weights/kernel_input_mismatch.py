"""A stored kernel does not have the shape that the input and the units of its layer demand.

## Why it matters

The rows of a kernel are the features of the layer's input. If their numbers differ, the weights belong to another
config: an edited feature list, a grown vocabulary, a weights file of another experiment. Keras refuses most such files;
Keras 2.3.1 loads some of them silently. Among 246 recurrent layers of public models no healthy file had such a
mismatch.

## Example

The config of this file was edited after training: its input has 5 features where the stored kernel has 2 rows.

```console
$ lstmlint check --ignore portability fixtures/broken/kernel-input-mismatch.h5
fixtures/broken/kernel-input-mismatch.h5:model_config/config/layers/0: error[kernel-input-mismatch]: lstm_1: \
its kernel is (5, 12) by the config on an input (None, 4, 5), but the file stores (2, 12)
    see: fixtures/broken/kernel-input-mismatch.h5:model_weights/lstm_1/lstm_1/kernel:0: lstm_1: stored as (2, 12)
    help: save config and weights of 'lstm_1' together again, or restore the config that they were trained with
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --ignore portability fixtures/keras-2.3.1/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A layer whose input has unknown features is not judged. Tensors are compared for each layer of the outermost model; the
tensors of a nested model are compared together.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.inference.stored import Discrepancy, kernel_discrepancies, stored_weights
from lstmlint.ir.finding import Finding, Location, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for layer in model.layers:
        if not stored_weights(layer):
            continue
        if isinstance(layer.weights, Unknown):
            yield Unjudged(location_of(layer), layer.weights)
        for discrepancy in kernel_discrepancies(layer):
            yield _finding(layer, discrepancy)


def _finding(layer: Layer, discrepancy: Discrepancy) -> Finding:
    weight, tensor = discrepancy.weight, discrepancy.tensor
    inputs = f" on an input {to_text(layer.calls[0].inputs)}" if layer.calls else ""
    return Finding(
        location=location_of(layer),
        message=f"its {weight.name} is {to_text(weight.shape)} by the config{inputs}, "
        f"but the file stores {to_text(tensor.shape)}",
        help=f"save config and weights of '{layer.name}' together again, "
        "or restore the config that they were trained with",
        related=(
            Related(Location(layer.full_name, layer.pointer, tensor.place), f"stored as {to_text(tensor.shape)}"),
        ),
    )
