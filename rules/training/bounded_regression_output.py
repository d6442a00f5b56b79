"""A model that predicts numbers ends in an activation that cannot reach all numbers.

## Why it matters

A sigmoid gives numbers between 0 and 1, relu gives none below 0, and an LSTM as the output gives none beyond 1. The
model never reaches targets outside of that range. On targets up to 3 an LSTM as the output ended at a loss of 9.97, and
at 0.15 with a Dense behind it; on targets of both signs relu ended at 0.68, and a linear Dense at 0.009. Targets that
are scaled to the range are right, but no file holds them, so this rule is for `--persona pedantic`.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "change", "units": 1, "activation": "relu"}}]},
 "compile_config": {"optimizer": "adam", "loss": "mse"}}
```

```console
$ lstmlint check example.json --persona pedantic
example.json:5:3: note[bounded-regression-output]: change: ends in relu and reaches 0 and above, but is compiled \
with mean_squared_error
    see: example.json:6:50: training: the loss is mean_squared_error
    help: drop the activation of 'change', unless all targets lie in that range
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "change", "units": 1}}]},
 "compile_config": {"optimizer": "adam", "loss": "mse"}}
```

```console
$ lstmlint check example.json --persona pedantic
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

No file tells whether the targets are scaled. Only mse, mae and similar losses are taken for losses of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from lstmlint.analyses.activations import Activation
from lstmlint.analyses.cures import without_activation
from lstmlint.analyses.training import Loss, Output, location_in_record, outputs
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.compiled import REGRESSION_LOSSES
from lstmlint.linting.rule import Judgement, NoOptions, Persona, rule


@rule(Severity.NOTE, Confidence.HEURISTIC, Persona.PEDANTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for output in outputs(model):
        loss, activation = output.loss, output.activation
        if not isinstance(loss, Loss) or loss.name not in REGRESSION_LOSSES or not isinstance(activation, Activation):
            continue
        if activation.limits and not output.has_faulty_softmax:
            yield _finding(model, output, loss, activation)


def _finding(model: Model, output: Output, loss: Loss, activation: Activation) -> Finding:
    low, high = activation.range
    reach = f"from {low:g} to {high:g}" if math.isfinite(low) and math.isfinite(high) else _half(low, high)
    return Finding(
        location=output.location,
        message=f"ends in {activation.name} and reaches {reach}, but is compiled with {loss.name}",
        help=f"{without_activation(activation)}, unless all targets lie in that range",
        related=(Related(location_in_record(model.document, loss.steps), f"the loss is {loss.name}"),),
    )


def _half(low: float, high: float) -> str:
    return f"{low:g} and above" if math.isfinite(low) else f"{high:g} and below"
