"""A recurrent layer has as many units as its sequences have timesteps.

## Why it matters

Drawings of an unrolled LSTM make readers take `units` for the number of steps (Stack Overflow 44273249, 51932767).
Units and timesteps are independent: the same cell runs over every timestep, and `units` is the width of its state. The
number of parameters does not depend on the timesteps, but grows with the square of the units.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stock", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [null, 50, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "price", "units": 1}}]}}
```

```console
$ lstmlint check --persona pedantic example.json
example.json:3:3: note[units-equal-timesteps]: lstm: has 50 units for 50 timesteps; the two are independent, and \
the units make 10,400 parameters
    see: example.json:2:3: prices: gives 50 timesteps
    help: choose the units of 'lstm' by what it has to remember, not by the length of the sequence
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stock", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [null, 50, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 12}},
  {"class_name": "Dense", "config": {"name": "price", "units": 1}}]}}
```

```console
$ lstmlint check --persona pedantic example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The two may be equal by chance. So only layers that read an input directly are judged, and numbers up to four and powers
of two, which are usual widths, are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of, read_from_input, recurrent_core
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Layer, Model, count
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, NoOptions, Persona, rule

#: Timesteps up to which equality is not reported.
FEW = 4


@rule(Severity.NOTE, Confidence.HEURISTIC, Persona.PEDANTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for read in read_from_input(model):
        core = recurrent_core(read.layer)
        if core is None or core.config.get("units") != read.steps or read.steps <= FEW or _is_power(read.steps):
            continue
        yield Finding(
            location=location_of(core),
            message=f"has {read.steps} units for {read.steps} timesteps; the two are independent{_cost(core)}",
            help=f"choose the units of '{core.name}' by what it has to remember, not by the length of the sequence",
            related=(Related(location_of(read.source), f"gives {read.steps} timesteps"),),
        )


def _cost(layer: Layer) -> str:
    size = 0 if isinstance(layer.weights, Unknown) else count(layer.weights)
    return "" if isinstance(size, Unknown) or not size else f", and the units make {size:,} parameters"


def _is_power(number: int) -> bool:
    return number & (number - 1) == 0
