"""A recurrent layer is called with a constant, which the file holds as plain numbers, and no array.

## Why it matters

`LSTM(4)(x, initial_state=[zeros, zeros])` with arrays is built and trained in tf.keras, which writes the numbers into
the config as nested lists. tf.keras 2.15.1 does not load the file again (`'float' object has no attribute 'shape'`),
nor one with a constant mask. Keras 3.15.1 loads one with constant states, once it is repaired, and fails when the model
is called: in an LSTM, in a SimpleRNN unless it is unrolled, and in a GRU unless it is rolled and the constant has a row
for each of the batch.

## Example

```json
{"class_name": "Functional", "module": "keras.src.models.functional", "registered_name": "Functional",
 "keras_version": "3.15.1", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "name": "prices",
   "config": {"name": "prices", "batch_shape": [2, 30, 5]}, "inbound_nodes": []},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null, "name": "trend",
   "config": {"name": "trend", "units": 2}, "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__",
    "config": {"shape": [2, 30, 5], "dtype": "float32", "keras_history": ["prices", 0, 0]}}],
    "kwargs": {"initial_state": [[[0.5, 0.5], [0.5, 0.5]], [[0.0, 0.0], [0.0, 0.0]]]}}]}],
  "input_layers": [["prices", 0, 0]], "output_layers": [["trend", 0, 0]]}}
```

```console
$ lstmlint check --target keras-3 --select constant-argument example.json
example.json:6:62: error[constant-argument]: trend: keras-3.15 fails when the model is called: its initial_state is \
a constant, which the file holds as plain numbers and not as an array
    help: make the state an input of the model, or leave initial_state out where it is zeros
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

Keras 3 itself writes an array, which it reads again.

```json
{"class_name": "Functional", "module": "keras.src.models.functional", "registered_name": "Functional",
 "keras_version": "3.15.1", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "name": "prices",
   "config": {"name": "prices", "batch_shape": [2, 30, 5]}, "inbound_nodes": []},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null, "name": "trend",
   "config": {"name": "trend", "units": 2}, "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__",
    "config": {"shape": [2, 30, 5], "dtype": "float32", "keras_history": ["prices", 0, 0]}}],
    "kwargs": {"initial_state": [
     {"class_name": "__numpy__", "config": {"value": [[0.5, 0.5], [0.5, 0.5]], "dtype": "float32"}},
     {"class_name": "__numpy__", "config": {"value": [[0.0, 0.0], [0.0, 0.0]], "dtype": "float32"}}]}}]}],
  "input_layers": [["prices", 0, 0]], "output_layers": [["trend", 0, 0]]}}
```

```console
$ lstmlint check --target keras-3 --select constant-argument example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

Only calls of recurrent layers in functional models are judged. What tf.keras before 2.15 and Keras 3 on another
backend than JAX say was not tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "make the state an input of the model, or leave initial_state out where it is zeros"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
