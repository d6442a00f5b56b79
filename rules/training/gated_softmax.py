"""A softmax inside a recurrent layer gives no probabilities, because gates multiply it.

## Why it matters

An LSTM or a GRU applies its `activation` inside each step, and multiplies the result by a gate or mixes it with the
step before. So softmax adds up to 1 inside the step, but not at the output: in Keras 3.15.1 the rows of an untrained
`LSTM(4, activation="softmax")` added up to 0.25 to 0.71, those of a GRU to 0.80 to 1.37. Over a single unit softmax is
always 1.0: its part of the kernel is never used, and only the gates read the input.
`LSTM(1, activation="softmax")` then gave 0.10 to 0.93, which looks like a working layer.

Inside a model the units still have to share 1 at every step, and none can be negative. An LSTM of 32 units with a
Dense behind it ended at a loss of 0.14 to 0.16 with softmax, where tanh reached 0.001 to 0.002; a GRU ended at 0.18 to
0.26.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "label", "units": 5, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": "categorical_crossentropy"}}
```

```console
$ lstmlint check example.json
example.json:4:80: warning[gated-softmax]: label: is the output and multiplies its softmax by a gate, so its 5 values \
do not add up to 1
    help: set activation='tanh' on 'label' and put a Dense(5, activation='softmax') behind 'label'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "label", "units": 5, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": "categorical_crossentropy"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A SimpleRNN has no gates: its softmax adds up to 1 and is not reported, and over a single unit it is
`softmax-single-unit`. The experiment was run with three seeds on one task.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation, named, written_layers
from lstmlint.analyses.cures import in_code, with_activation
from lstmlint.analyses.training import Output, outputs
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The data format in which the last axis, over which softmax goes, is not the axis of the filters.
CHANNELS_FIRST = "channels_first"


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    applied = {one.activation.layer.pointer: one for one in outputs(model) if isinstance(one.activation, Activation)}
    for layer in written_layers(model):
        name = named(layer.config.get("activation")) if traits_of(layer.class_name).applies_gates else None
        if isinstance(name, str) and name in DISTRIBUTIONS:
            yield _finding(Activation(name, layer), applied.get(layer.pointer))


def _finding(activation: Activation, output: Output | None) -> Finding:
    name, size = activation.name, _size(activation.layer)
    if size == 1:
        message = f"{name} over 1 unit is always 1.0, so only the gates read the input"
    elif output is not None:
        values = f"{output.width} values" if isinstance(output.width, int) else "values"
        message = f"is the output and multiplies its {name} by a gate, so its {values} do not add up to 1"
    else:
        message = f"its activation is {name}, so its units share 1 at every step and none can be negative"
    return Finding(
        location=activation.location,
        message=message,
        help=_cure(activation, output, size),
        confidence=None if size == 1 or output is not None else Confidence.LIKELY,
    )


def _cure(activation: Activation, output: Output | None, size: object) -> str:
    if output is not None:
        return with_activation(activation, "sigmoid" if size == 1 else activation.name, output.width)
    return f"set activation='tanh' on {in_code(activation.layer)}"


def _size(layer: Layer) -> object:
    """The number of values that the softmax normalizes together."""
    if layer.config.get("data_format") == CHANNELS_FIRST:
        return None
    return layer.config.get("units", layer.config.get("filters"))
