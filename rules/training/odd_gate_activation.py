"""The gates of a recurrent layer have values outside of 0 to 1, so they do not work as gates.

## Why it matters

A gate decides which part of a value passes: 0 for nothing, 1 for all. Keras uses sigmoid, or hard_sigmoid in older
versions. A gate with relu amplifies without bound, and a gate with tanh changes signs. The forget gate works at every
timestep, so it makes the state grow or flip. The usual cause is a `recurrent_activation` that was mistaken for the
activation of the layer. Apart from files that test parsers, all public models have sigmoid or hard_sigmoid gates.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50, "recurrent_activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:3:90: warning[odd-gate-activation]: lstm: its gates have the activation relu and values from 0 to \
infinity, but a gate needs values from 0 to 1
    help: set recurrent_activation='sigmoid' on 'lstm'; the function of its state is the activation
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50, "recurrent_activation": "sigmoid"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Custom functions are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import DISTRIBUTIONS, LINEAR, RANGES, Activation, named, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for layer in written_layers(model):
        name = named(layer.config.get("recurrent_activation", "sigmoid")) if _has_gates(layer) else None
        if isinstance(name, str) and (RANGES[name] != (0, 1) or name in DISTRIBUTIONS):
            yield Finding(
                location=Activation(name, layer, "recurrent_activation").location,
                message=f"its gates have {_what(name)}, but a gate needs values from 0 to 1",
                help=f"set recurrent_activation='sigmoid' on {in_code(layer)}; "
                "the function of its state is the activation",
            )


def _has_gates(layer: Layer) -> bool:
    """Whether a layer's gates have their own function, and its config has a field for it."""
    traits = traits_of(layer.class_name)
    return traits.applies_gates and not traits.is_cudnn


def _what(name: str) -> str:
    if name in DISTRIBUTIONS:
        return f"the activation {name}, which shares 1 among all units"
    if name == LINEAR:
        return "no activation and any value"
    low, high = (f"{bound:g}" for bound in RANGES[name])
    return f"the activation {name} and values from {low} to {high}".replace("inf", "infinity")
