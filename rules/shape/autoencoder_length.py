"""An autoencoder gives back one timestep more or less than it reads.

## Why it matters

An autoencoder is trained on its own input, so output and input must have one shape. With `RepeatVector(29)` behind 30
steps `fit(x, x)` raises in Keras 3.15.1, and with targets that are cut to fit each step is compared with its
neighbour.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "autoencoder", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 30, 4]}},
  {"class_name": "LSTM", "config": {"name": "encoder", "units": 16}},
  {"class_name": "RepeatVector", "config": {"name": "repeat", "n": 29}},
  {"class_name": "LSTM", "config": {"name": "decoder", "units": 16, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "days_again", "units": 4}}]},
 "compile_config": {"optimizer": "adam", "loss": "mse"}}
```

```console
$ lstmlint check example.json
example.json:5:3: note[autoencoder-length]: repeat: repeats a vector 29 times, but the model reads 30 timesteps of as \
many features
    help: set n=30 on 'repeat' if the model is trained on its own input
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "autoencoder", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 30, 4]}},
  {"class_name": "LSTM", "config": {"name": "encoder", "units": 16}},
  {"class_name": "RepeatVector", "config": {"name": "repeat", "n": 30}},
  {"class_name": "LSTM", "config": {"name": "decoder", "units": 16, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "days_again", "units": 4}}]},
 "compile_config": {"optimizer": "adam", "loss": "mse"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A model is reported where a vector of a whole sequence is repeated once more or less than the sequence has steps, and
the output has as many features as the input. A model that forecasts 29 steps from 30 looks the same, so this is a
note.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import SEQUENCE_RANK, location_of
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.graph import references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import first, is_dims
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.NOTE, Confidence.HEURISTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    given, made = first(model.inputs), first(model.outputs)
    if model.graph is None or not is_dims(given) or not is_dims(made) or len(given) != SEQUENCE_RANK:
        return
    if len(list(references(model.graph.inputs))) > 1 or len(made) != SEQUENCE_RANK or made[-1] != given[-1]:
        return
    steps = given[1]
    for layer in model.layers:
        repeated = _repeated(layer)
        if isinstance(steps, int) and repeated == made[1] and repeated is not None and abs(repeated - steps) == 1:
            yield Finding(
                location=location_of(layer),
                message=f"repeats a vector {repeated} times, but the model reads {steps} timesteps of as many features",
                help=f"set n={steps} on '{layer.name}' if the model is trained on its own input",
            )


def _repeated(layer: Layer) -> int | None:
    repeated = layer.config.get("n") if layer.class_name == "RepeatVector" else None
    return repeated if isinstance(repeated, int) else None
