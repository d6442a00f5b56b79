"""A constraint sets all weights to zero.

## Why it matters

MaxNorm and MinMaxNorm scale the weights of each unit down to a length of at most `max_value` after each step. With 0
or less nothing is left: in Keras 3.15.1 a kernel under `MaxNorm(0)` is zero from the first step on, and the layer no
longer reads its input. The program meant another constraint, or a number that was never filled in.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32,
    "kernel_constraint": {"module": "keras.constraints", "class_name": "MaxNorm", "config": {"max_value": 0.0,
    "axis": 0}}}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:26: warning[constraint-to-zero]: lstm: MaxNorm(0) makes its kernel zero after the first step
    help: take a length of 1 to 5 for kernel_constraint of 'lstm', or drop it
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32,
    "kernel_constraint": {"module": "keras.constraints", "class_name": "MaxNorm", "config": {"max_value": 3.0,
    "axis": 0}}}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only the constraints of Keras with a largest length are judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import number_in, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The key of the largest length: today's, and that of Keras 1.
LIMITS = ("max_value", "m")
SUFFIX = "_constraint"


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for layer in written_layers(model):
        for key, constraint in layer.config.items():
            config = constraint.get("config") if key.endswith(SUFFIX) and isinstance(constraint, dict) else None
            limit = (
                next((number_in(config[name]) for name in LIMITS if name in config), None)
                if isinstance(config, dict)
                else None
            )
            if isinstance(constraint, dict) and limit is not None and limit <= 0:
                weight = key.removesuffix(SUFFIX).replace("recurrent", "recurrent kernel")
                yield Finding(
                    location=Location(layer.full_name, (*layer.pointer, "config", key)),
                    message=f"{constraint.get('class_name')}({limit:g}) makes its {weight} zero after the first step",
                    help=f"take a length of 1 to 5 for {key} of {in_code(layer)}, or drop it",
                )
