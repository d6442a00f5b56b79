"""The config alone asks for more weights or unrolled steps than any machine can build.

## Why it matters

Keras builds a model before it reads its weights, so the config alone decides how much memory Keras asks for. One
kilobyte of JSON with an Embedding of 2,000,000,000 by 200 asks NumPy for 2.91 TiB; with JAX, Keras claims to have
built it and reports 400,000,000,000 parameters. An unrolled recurrence copies its operations for each timestep, which
costs time and memory alike. The largest layer of 428 public files has 102,764,544 parameters, a hundredth of the limit.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "scores", "layers": [
  {"class_name": "InputLayer", "config": {"name": "features", "batch_input_shape": [null, 40]}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 2000000000}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: warning[config-shape-bomb]: dense: asks for 82,000,000,000 parameters, more than 10,000,000,000; \
its largest weight is (40, 2000000000)
    help: do not build this model before you know where the number comes from
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "scores", "layers": [
  {"class_name": "InputLayer", "config": {"name": "features", "batch_input_shape": [null, 40]}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 20}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `parameters` (parameters of one layer, default 10,000,000,000): a layer with more is reported.
- `unrolled-steps` (timesteps of an unrolled layer, default 100,000): a layer with more is reported.

## Known limits

Configs of more than 64 MiB, and those nested deeper than Python can read, are refused when they are read. A layer of
unknown shapes has an unknown size and is not reported. Nor are large inputs and outputs of layers without weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.unrolling import unrolled_calls
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Layer, Model, count
from lstmlint.ir.shape import BEYOND, Unknown, to_text
from lstmlint.ir.weight import Weight
from lstmlint.linting.rule import Judgement, rule

HELP = "do not build this model before you know where the number comes from"


@dataclass(frozen=True, slots=True)
class Options:
    """The largest numbers that a config may ask for: parameters of a layer, timesteps of an unrolled layer."""

    parameters: int = 10_000_000_000
    unrolled_steps: int = 100_000


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for layer in model.all_layers if model.graph is not None else ():
        weights = layer.weights
        if layer.model is not None or layer.children:
            continue
        if BEYOND in (weights, layer.params):
            message = "asks for so many parameters that their number has more than 100 digits"
            yield Finding(location=location_of(layer), message=message, help=HELP)
        if isinstance(weights, Unknown):
            continue
        total = layer.params
        if isinstance(total, int) and total > options.parameters:
            yield _too_large(layer, weights, total, options.parameters)
    for call in unrolled_calls(model):
        if isinstance(call.steps, int) and call.steps > options.unrolled_steps:
            yield Finding(
                location=location_of(call.layer),
                message=f"is unrolled over {call.steps:,} timesteps, which builds its operations as many times",
                help=f"set unroll=False on {in_code(call.core)}, or find out who wrote this number",
            )


def _too_large(layer: Layer, weights: tuple[Weight, ...], total: int, limit: int) -> Finding:
    sizes = {weight.shape: count([weight]) for weight in weights}
    largest = max(weights, key=lambda weight: size if isinstance(size := sizes[weight.shape], int) else 0)
    return Finding(
        location=location_of(layer),
        message=f"asks for {total:,} parameters, more than {limit:,}; its largest weight is {to_text(largest.shape)}",
        help=HELP,
    )
