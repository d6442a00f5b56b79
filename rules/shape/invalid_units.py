"""The width of a layer (`units`, `filters`, `output_dim`) is no positive whole number.

## Why it matters

Keras 3.15 and 2.15 refuse an LSTM with `units` of 0 or below ("expected a positive integer"); Keras 2.3.1 builds it
with no weights and no output, and Keras 3.15 builds a `ConvLSTM2D` without filters. `4.0` fails later, with a message
about shapes that names no layer ("Cannot convert '(8, 16.0)' to a shape"). Keras takes `true` for 1, which makes a
model that learns little. The usual sources are generated configs and JSON of other tools.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "generated", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_shape": [null, 10, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm_1", "units": 4.0, "return_sequences": true}},
  {"class_name": "LSTM", "config": {"name": "lstm_2", "units": 0}},
  {"class_name": "Dense", "config": {"name": "dense", "units": true}}]}}
```

```console
$ lstmlint check example.json
example.json:3:64: error[invalid-units]: lstm_1: units is 4.0, where Keras needs a positive whole number
    help: set units to 4
example.json:4:64: error[invalid-units]: lstm_2: units is 0, where Keras needs a positive whole number
    help: set units to the width that you mean
example.json:5:64: warning[invalid-units]: dense: units is true, which Keras takes for 1
    help: set units to the width that you mean
2 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "generated", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_shape": [null, 10, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm_1", "units": 4, "return_sequences": true}},
  {"class_name": "LSTM", "config": {"name": "lstm_2", "units": 4}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A value is only a warning where a Keras of the file's generation takes it for a number: `true`, and `"4"` or `4.0` for
the Dense of Keras 2.15. Custom layers are not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from lstmlint.analyses.objects import shortened
from lstmlint.analyses.widths import BadWidth, bad_widths
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for bad in bad_widths(model):
        yield Finding(
            location=Location(bad.layer.full_name, (*bad.layer.pointer, "config", bad.key)),
            message=f"{bad.key} is {_quoted(bad)}, {_problem(bad)}",
            help=f"set {bad.key} to {bad.meant}"
            if (bad.meant or 0) > 1
            else f"set {bad.key} to the width that you mean",
            severity=Severity.WARNING if bad.is_taken else None,
        )


def _problem(bad: BadWidth) -> str:
    if bad.is_taken and bad.meant is not None:
        return f"which Keras takes for {bad.meant}"
    return "where Keras needs a positive whole number"


def _quoted(bad: BadWidth) -> str:
    return shortened(json.dumps(bad.value))
