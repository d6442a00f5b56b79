"""TensorFlow.js loads a layer, but computes other outputs than Keras.

## Why it matters

At masked steps, a Bidirectional with `return_sequences` gives zeros in tf.keras and Keras 3, but in TensorFlow.js it
repeats the last step before them: a difference of 0.34 was measured. TensorFlow.js ignores a true `time_major`, so it
takes the first axis for the batch: a difference of 0.27 was measured. Its `hard_sigmoid` has the slope of Keras 2;
`hard-sigmoid-drift` reports that for files of Keras 3.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [null, 30, 5]}},
  {"class_name": "Masking", "config": {"name": "padding"}},
  {"class_name": "Bidirectional", "config": {"name": "both_ways", "layer": {"class_name": "LSTM",
   "config": {"name": "lstm", "units": 16, "return_sequences": true}}}}]}}
```

```console
$ lstmlint check --target tfjs --select tfjs-drift example.json
example.json:4:3: warning[tfjs-drift]: both_ways: tfjs computes otherwise: at masked steps its sequence repeats the \
last step before, where Keras gives zeros
    help: convert to a graph model (--output_format tfjs_graph_model), or compare the outputs there
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

The last output of the two directions is the same as in Keras, with and without padding.

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [null, 30, 5]}},
  {"class_name": "Masking", "config": {"name": "padding"}},
  {"class_name": "Bidirectional", "config": {"name": "both_ways", "layer": {"class_name": "LSTM",
   "config": {"name": "lstm", "units": 16, "return_sequences": false}}}}]}}
```

```console
$ lstmlint check --target tfjs --select tfjs-drift example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras and runtimes): the targets in which files must load; `--target` and the setting `target`
  set them for every rule of this category. This rule is for `tfjs` alone

## Known limits

In float32, other recurrent layers gave the same outputs within 1e-5 in TensorFlow.js 4.22.0: backwards, masked,
stateful, and with given states. Only a few layers that are not recurrent were compared. Files without a version are not
judged for masks.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "convert to a graph model (--output_format tfjs_graph_model), or compare the outputs there"


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
