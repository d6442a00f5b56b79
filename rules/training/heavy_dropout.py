"""A layer drops most of its input in training.

## Why it matters

At a rate of 0.8 one value in five is left, five times as large, and each step trains another small part of the
model. Usual rates lie between 0.1 and 0.5; of the recurrent layers of 232 public models 99 % drop at most half.
The usual cause is the share to keep in place of the share to drop (TensorFlow 1 had `keep_prob`).

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.9}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:4:67: warning[heavy-dropout]: dropout: rate is 0.9, so 0.1 of the values are left in training
    help: set rate to 0.5 or less on 'dropout'; if 0.9 was the share to keep, it is 0.1
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.1}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `share` (share of the dropped values, default 0.8): a layer with this rate or more is reported.

## Known limits

A model may drop most of the words of an input on purpose, as a kind of noise. `dropout-one` reports a rate of 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.droprates import drop_rates
from lstmlint.analyses.limits import exceeds
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    share: float = 0.8


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for rate in drop_rates(model):
        number = rate.number
        if number is not None and not exceeds(options.share, number) and number < 1:
            yield Finding(
                location=rate.location,
                message=f"{rate.key} is {number:g}, so {1 - number:.2g} of the values are left in training",
                help=f"set {rate.key} to 0.5 or less on {in_code(rate.layer)}; "
                f"if {number:g} was the share to keep, it is {1 - number:.2g}",
            )
