"""A stateful layer forgets its states between calls in ONNX.

## Why it matters

A model in ONNX is a function of its inputs. tf2onnx 1.17.0 converts a stateful layer of tf.keras without a warning, but
the second call starts from the same states as the first. In tf.keras 2.15 the second call continues from the states of
the first: differences of up to 0.36 were measured. Keras 3.15.1 (`model.export(..., format="onnx")`) refuses such a
model.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [1, 1, 5]}},
  {"class_name": "LSTM", "config": {"name": "trend", "units": 32, "stateful": true}}]}}
```

```console
$ lstmlint check --target onnx --select onnx-state-lost example.json
example.json:3:79: warning[onnx-state-lost]: trend: onnx computes otherwise: stateful is true, and ONNX keeps no \
states: every call starts from the same ones
    help: give the states as inputs and return them as outputs, and let the caller carry them
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

The layer is not stateful and gets the whole sequence.

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [1, 30, 5]}},
  {"class_name": "LSTM", "config": {"name": "trend", "units": 32, "stateful": false}}]}}
```

```console
$ lstmlint check --target onnx --select onnx-state-lost example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras and runtimes): the targets in which files must load; `--target` and the setting `target`
  set them for every rule of this category. This rule is for `onnx` alone

## Known limits

Converters have got reversed sequences (keras-onnx issue 523) and hard_sigmoid gates (tensorflow-onnx request 2001)
wrong. tf2onnx 1.17.0 converts both to the same outputs within 1e-6, and masks, states, all gates and merges as well,
so they are not reported. Other converters and older releases were not run. Layers that are not recurrent are not
judged, nor whether the model loads in its own Keras.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "give the states as inputs and return them as outputs, and let the caller carry them"


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
