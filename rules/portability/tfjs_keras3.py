"""The config is in the form of Keras 3, which TensorFlow.js does not read.

## Why it matters

`tensorflowjs_converter` passes the config of a file on unchanged, and TensorFlow.js reads it in the form of Keras 2:
an InputLayer needs `batch_input_shape` where Keras 3 writes `batch_shape`, and calls are lists where Keras 3 writes
objects (tfjs issues 3553, 8489 and 8494). So no layers model that Keras 3 wrote loads: none of 98 small ones did in
TensorFlow.js 4.22.0. TensorFlow.js ignores the other keys of Keras 3: `module`, `registered_name` and dtypes as
policies.

## Example

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "prices", "batch_shape": [null, 30, 5], "dtype": "float32"}},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null,
   "config": {"name": "trend", "units": 32}}]}}
```

```console
$ lstmlint check --target tfjs --select tfjs-keras3 example.json
example.json:3:48: error[tfjs-keras3]: prices: tfjs refuses this: An InputLayer should be passed either a \
`batchInputShape` or an `inputShape`.
    help: save the model with Keras 2, or convert it to a graph model (--output_format tfjs_graph_model)
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

A model that Keras 2 saved has the form that TensorFlow.js reads.

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [null, 30, 5]}},
  {"class_name": "LSTM", "config": {"name": "trend", "units": 32}}]}}
```

```console
$ lstmlint check --target tfjs --select tfjs-keras3 example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras and runtimes): the targets in which files must load; `--target` and the setting `target`
  set them for every rule of this category. This rule is for `tfjs` alone

## Known limits

Only layers models are judged, which `tf.loadLayersModel` loads; a graph model holds no config. Keras 3 stores some
weights, such as those of a Bidirectional, under names that TensorFlow.js does not look for; they are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "save the model with Keras 2, or convert it to a graph model (--output_format tfjs_graph_model)"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
