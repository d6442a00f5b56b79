"""The statistics of a BatchNormalization never change, or forget all but the last batch.

## Why it matters

In training a BatchNormalization uses the mean of the batch; at inference it uses the moving mean that training left.
`momentum` is the share of the old mean that is kept in each step. With 1 the moving statistics stay 0 and 1 as they
began: on data of mean 5, Keras 3.15.1 left a moving mean of 0.0 after three epochs, so the trained model works in
`fit` and fails in `predict`. With 0 they are those of the last batch alone. Other libraries count the other way
round: their momentum of 0.1 is 0.9 here.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "BatchNormalization", "config": {"name": "norm", "momentum": 1.0}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:79: warning[batchnorm-momentum-range]: norm: has momentum=1, so its moving statistics never learn the \
mean and variance that predictions need
    help: set momentum=0.99 on 'norm'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "BatchNormalization", "config": {"name": "norm", "momentum": 0.99}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `min` (share, default 0.3): a smaller momentum is a note.

## Known limits

A frozen layer keeps its statistics whatever the momentum, and is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import number_in, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.analyses.limits import exceeds
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    """The share below which a momentum looks counted the other way round."""

    min: float = 0.3


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for layer in written_layers(model):
        if layer.class_name != "BatchNormalization" or not layer.node.is_trainable:
            continue
        momentum = number_in(layer.config.get("momentum"))
        judged = None if momentum is None else _judged(momentum, options)
        if judged is not None:
            severity, words = judged
            yield Finding(
                location=Location(layer.full_name, (*layer.pointer, "config", "momentum")),
                message=f"has momentum={momentum:g}, so its moving statistics {words}",
                help=f"set momentum=0.99 on {in_code(layer)}",
                severity=severity,
            )


def _judged(momentum: float, options: Options) -> tuple[Severity, str] | None:
    if momentum >= 1:
        return Severity.WARNING, "never learn the mean and variance that predictions need"
    if momentum <= 0:
        return Severity.WARNING, "are those of the last batch alone"
    if exceeds(options.min, momentum):
        return Severity.NOTE, "are nearly those of the last batch alone"
    return None
