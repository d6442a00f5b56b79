"""An activation changes no value.

## Why it matters

A LeakyReLU with a slope of 1 below zero is a straight line: `f(x) = x` for every x. The layers around it are one
linear layer, as if the activation were not there. Usual slopes are 0.01 to 0.3.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "hidden", "units": 64}},
  {"class_name": "LeakyReLU", "config": {"name": "leaky", "negative_slope": 1.0}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:6:77: warning[identity-activation]: leaky: has negative_slope=1, so it gives every value as it is
    help: set negative_slope=0.1 on 'leaky', or delete the layer
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "hidden", "units": 64}},
  {"class_name": "LeakyReLU", "config": {"name": "leaky", "negative_slope": 0.1}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only LeakyReLU and ReLU with a slope are judged; a slope that is learned may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import number_in, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The slope below zero, by today's key and by that of Keras 2, with the activations that have it.
SLOPES = ("negative_slope", "alpha")
SLOPED = frozenset({"leaky_relu", "relu"})


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for layer in written_layers(model):
        key = _slope(layer) if traits_of(layer.class_name).activation in SLOPED else None
        if key is not None and layer.config.get("max_value") is None:
            yield Finding(
                location=Location(layer.full_name, (*layer.pointer, "config", key)),
                message=f"has {key}=1, so it gives every value as it is",
                help=f"set {key}=0.1 on {in_code(layer)}, or delete the layer",
            )


def _slope(layer: Layer) -> str | None:
    """The key of a slope of 1; the key of the other Kerases holds the default."""
    return next((key for key in SLOPES if number_in(layer.config.get(key)) == 1), None)
