"""A setting of the optimizer keeps the model from learning.

## Why it matters

Each of these numbers is legal, and Keras trains without a word. On one easy task (a Dense of one unit on numbers, 300
epochs, Keras 3.15.1) SGD ended at a loss of 6e-14 with momentum 0.9, and of 3.1 with 1: the speed never decays, and
the weights swing for ever. AdamW ended at 2.3 with a weight_decay of 0.004 and at 3.6 with 10, which takes learning
rate times 10 of each weight in each step. SGD with clipnorm 1e-8 did not move in any digit, since each step is at
most learning rate times that. Adam with beta_1=1 is NaN after the first step, with beta_2=1 it does not move; with an
epsilon of 1, which is larger than most gradients, it ended at 3.2 instead of 2.3.

| setting | reported | usual |
|---|---|---|
| momentum, beta_1, beta_2, rho | 1 or more | 0.9 to 0.999 |
| weight_decay | more than `weight-decay-max` | 0.0001 to 0.1 |
| clipnorm, global_clipnorm, clipvalue | less than `clip-min` | 0.1 to 10 |
| epsilon of Adam and its like | 1 or more, as a note | 1e-8 to 1e-3 |

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]},
 "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "SGD",
   "config": {"learning_rate": 0.01, "momentum": 1.0}}, "loss": "mse"}}
```

```console
$ lstmlint check example.json
example.json:7:50: warning[optimizer-setting-range]: training: SGD has momentum=1, so what was learned last never fades
    help: take 0.9 to 0.999 for momentum
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]},
 "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "SGD",
   "config": {"learning_rate": 0.01, "momentum": 0.9}}, "loss": "mse"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `weight-decay-max` (share, default 1.0): a larger weight_decay is reported.
- `clip-min` (length, default 0.0001): a smaller limit of gradients is reported.

## Known limits

An epsilon of 0.1 or 1 was recommended for some image models, so it is a note. A weight_decay that is meant as a share
for each epoch may be larger. Optimizers of other packages are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from lstmlint.analyses.activations import number_in
from lstmlint.analyses.limits import exceeds
from lstmlint.analyses.training import location_in_record, record
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.compiled import ADAPTIVE, KEEP_WHOLE_SHAPES, optimizer_in
from lstmlint.linting.rule import Judgement, rule

#: Shares of the last step that are kept.
SHARES = ("momentum", "beta_1", "beta_2", "rho")
CLIPS = ("clipnorm", "global_clipnorm", "clipvalue")


@dataclass(frozen=True, slots=True)
class Options:
    """The largest decay and the smallest clip that are not reported."""

    weight_decay_max: float = 1.0
    clip_min: float = 1e-4


class Fault(NamedTuple):
    """The words for a setting that is out of range, its usual values, and its severity."""

    words: str
    usual: str
    severity: Severity = Severity.WARNING


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    written = optimizer_in(record(model.document))
    if written is None or written.name.lower() not in KEEP_WHOLE_SHAPES:
        return
    for key, value in written.config.items():
        fault = _fault(written.name, key, value, options)
        if fault is not None:
            yield Finding(
                location=location_in_record(model.document, (*written.steps, key)),
                message=f"{written.name} has {key}={number_in(value):g}, {fault.words}",
                help=f"take {fault.usual} for {key}",
                severity=fault.severity,
            )


def _fault(optimizer: str, key: str, value: Any, options: Options) -> Fault | None:
    number = number_in(value)
    if number is None:
        return None
    if key in SHARES and number >= 1:
        return Fault("so what was learned last never fades", "0.9 to 0.999")
    if key == "weight_decay" and exceeds(number, options.weight_decay_max):
        return Fault("which shrinks the weights faster than they learn", "0.0001 to 0.1")
    if key in CLIPS and exceeds(options.clip_min, number):
        return Fault("so small that gradients have no length left", "0.1 to 10")
    if key == "epsilon" and number >= 1 and optimizer.lower() in ADAPTIVE:
        return Fault("larger than most gradients, so steps are as small as they are", "1e-8 to 1e-3", Severity.NOTE)
    return None
