"""A recurrent layer is unrolled over a number of timesteps that the model leaves open.

## Why it matters

Unrolling writes out the operations of every timestep, so Keras must know their number when it builds the model. Keras 2
refuses to build such a layer: "Cannot unroll a RNN if the time dimension is undefined". Keras 3.15.1 builds and saves
it, and can call it on an array, whose length is known, with a new compilation for each length. It fails where the model
is traced with an open length, as in an export or in a dataset of TensorFlow.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, null, 2]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "unroll": true}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: warning[unroll-unknown-time]: lstm: is unrolled, but its number of timesteps is open, so Keras \
cannot know how often to repeat its operations
    help: set unroll=False on 'lstm', or give the input a fixed number of timesteps
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, null, 2]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "unroll": false}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A layer inside a TimeDistributed is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.unrolling import unrolled_calls
from lstmlint.ir.finding import Finding, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for call in unrolled_calls(model):
        if isinstance(call.steps, Unknown):
            yield Unjudged(location_of(call.layer), call.steps)
        elif call.steps is None:
            yield Finding(
                location=location_of(call.layer),
                message="is unrolled, but its number of timesteps is open, so Keras cannot know how often to repeat "
                "its operations",
                help=f"set unroll=False on {in_code(call.core)}, or give the input a fixed number of timesteps",
            )
