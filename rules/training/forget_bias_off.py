"""The forget gate of an LSTM starts half closed, so the layer forgets before it can learn to remember.

## Why it matters

With a bias of 0 the forget gate starts at 0.5: after 30 steps a billionth of the state is left, and as little of its
gradient. With a bias of 1, the default of Keras (`unit_forget_bias`), it starts at 0.73. Over 30 timesteps the
gradient at the first timestep was 1.4e-7 with a bias of 0 and 1.6e-3 with a bias of 1. Jozefowicz et al. 2015 recommend
a bias of 1, and Keras quotes them.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50, "unit_forget_bias": false}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:3:86: warning[forget-bias-off]: lstm: its forget gate starts at 0.5 and not at 0.73, because its bias \
starts from 0 and not from 1
    help: set unit_forget_bias=True on 'lstm'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50, "unit_forget_bias": true}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A layer with another bias initializer than zeros is not reported, since that may open the gate as well. Nor are
CuDNNLSTM, whose files often come from converters, layers without bias, and layers whose gates are not a sigmoid. In a
file with weights the training has found its own bias, so there it is only a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.analyses.activations import initializer, named, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.ir.finding import Confidence, Finding, Location, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import KINDS, traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Function of a gate -> the value from which it would start with a bias of 1; versions of Keras differ in hard_sigmoid.
OPEN: Mapping[object, str] = {"sigmoid": " and not at 0.73", "hard_sigmoid": ""}


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for layer in written_layers(model):
        has_gate = traits_of(layer.class_name).kind == KINDS["LSTM"]
        gate = named(layer.config.get("recurrent_activation", "sigmoid"))
        if has_gate and gate in OPEN and _starts_half_closed(layer):
            yield Finding(
                location=Location(layer.full_name, (*layer.pointer, "config", "unit_forget_bias")),
                message=f"its forget gate starts at 0.5{OPEN[gate]}, because its bias starts from 0 and not from 1",
                help=f"set unit_forget_bias=True on {in_code(layer)}",
                severity=Severity.NOTE if model.document.stored else None,
            )


def _starts_half_closed(layer: Layer) -> bool:
    bias = initializer(layer.config.get("bias_initializer", "zeros"))
    is_off = layer.config.get("unit_forget_bias") is False and layer.config.get("use_bias") is not False
    return is_off and bias is not None and bias.constant == 0
