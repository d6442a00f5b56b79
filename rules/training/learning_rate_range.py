"""The learning rate is so high that training diverges, or so low that nothing is learned.

## Why it matters

Adam and similar optimizers move each weight by about the learning rate in each step, however small the gradient is: at
0.1 one step destroys a weight that starts at 0.05. On an easy task Adam ended at a loss of 0.006 with 0.1 and of 1.08
with 1; SGD ended at 97 with 1 and at NaN with 10; with 0.000001 neither moved. Of 134 learning rates in public files
120 are 0.001. The only repository with 0.1 holds 29 LSTM layers in which 5 to 100 % of the units are dead.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]},
 "compile_config": {"loss": "mse", "optimizer": {"module": "keras.optimizers", "class_name": "Adam",
  "config": {"learning_rate": 0.1}}}}
```

```console
$ lstmlint check example.json
example.json:7:31: warning[learning-rate-range]: training: Adam has a learning rate of 0.1, more than 0.05
    help: start from 0.001
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]},
 "compile_config": {"loss": "mse", "optimizer": {"module": "keras.optimizers", "class_name": "Adam",
  "config": {"learning_rate": 0.001}}}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `adaptive-max` (learning rate, default 0.05): the limit for Adam, AdamW, Adamax, Nadam, Lion and RMSprop.
- `sgd-max` (learning rate, default 1): the limit for SGD.
- `min` (learning rate, default 1e-7): a lower rate is a note, because callbacks that lower the rate leave such values
  in the files that they save.
- `nothing` (learning rate, default 1e-9): a lower rate is a warning, because the model learns nothing.
- `steps` (batches, default 1000): a decay that reaches `nothing` sooner is reported.

## Known limits

Rates are rounded to six digits, as many files keep them in float32. Of a schedule the first rate is judged, and of an
ExponentialDecay also its end. Adadelta, Adagrad, Ftrl and Adafactor use their rates in another way, so they have no
upper limit here, nor have custom optimizers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from lstmlint.analyses.activations import number_in
from lstmlint.analyses.limits import exceeds
from lstmlint.analyses.training import Optimizer, location_in_record, optimizer
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.ir.words import counted
from lstmlint.keras.compiled import ADAPTIVE
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    adaptive_max: float = 0.05
    sgd_max: float = 1.0
    min: float = 1e-7
    nothing: float = 1e-9
    steps: int = 1000


#: The schedule that multiplies the rate by a share in each number of steps.
DECAY = "ExponentialDecay"


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    stated_optimizer = optimizer(model)
    if stated_optimizer is None or isinstance(stated_optimizer.learning_rate, Unknown):
        return
    rate, most = stated_optimizer.learning_rate, _most(stated_optimizer, options)
    step = _end_of_decay(stated_optimizer, rate, options)
    if step is not None:
        yield Finding(
            location=location_in_record(model.document, stated_optimizer.steps),
            message=f"{stated_optimizer.class_name} has a learning rate of {rate:g} that falls below "
            f"{options.nothing:g} after {counted(step, 'step')}, so the model stops learning",
            help="take a larger decay_steps, which counts batches",
        )
    start = " at the start of its schedule" if stated_optimizer.schedule else ""
    judged = _judged(rate, most, options)
    if judged is not None:
        severity, words = judged
        yield Finding(
            location=location_in_record(model.document, stated_optimizer.steps),
            message=f"{stated_optimizer.class_name} has a learning rate of {rate:g}{start}, {words}",
            help=f"start from {'0.01' if stated_optimizer.class_name == 'SGD' else '0.001'}",
            severity=severity,
        )


def _end_of_decay(stated_optimizer: Optimizer, rate: float, options: Options) -> int | None:
    """The number of steps after which a rate that decays is nothing; `None` if that is late, or not known."""
    config = stated_optimizer.schedule_config
    share, steps = number_in(config.get("decay_rate")), number_in(config.get("decay_steps"))
    is_known = stated_optimizer.schedule == DECAY and share is not None and steps is not None
    if not is_known or share is None or steps is None or not (0 < share < 1 and steps > 0 and rate > options.nothing):
        return None
    last = steps * math.log(options.nothing / rate) / math.log(share)
    return math.ceil(last) if last < options.steps else None


def _most(stated_optimizer: Optimizer, options: Options) -> float:
    name = stated_optimizer.class_name.lower()
    if name in ADAPTIVE:
        return options.adaptive_max
    return options.sgd_max if name == "sgd" else math.inf


def _judged(rate: float, most: float, options: Options) -> tuple[Severity, str] | None:
    """The severity of a bad rate and the reason, None for a usual rate."""
    if not math.isfinite(rate):
        return Severity.WARNING, "which is not a finite number"
    if exceeds(rate, most):
        return Severity.WARNING, f"more than {most:g}"
    if exceeds(options.nothing, rate):
        return Severity.WARNING, "so low that the model learns nothing"
    if exceeds(options.min, rate):
        return Severity.NOTE, f"less than {options.min:g}"
    return None
