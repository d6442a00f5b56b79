"""TensorFlow.js does not have a layer class, or not all of its options.

## Why it matters

TensorFlow.js has about half of the layers of Keras. Among those that it lacks are Attention, MultiHeadAttention,
Lambda, Subtract, ZeroPadding1D, ConvLSTM1D and the layers for preprocessing. It has the regularizer `L1L2` but not
`L2`, and its GRU has no `reset_after`, which has been the default of tf.keras since 2.0. The converter does not warn;
the page that loads the model fails.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [null, 30, 5]}},
  {"class_name": "GRU", "config": {"name": "trend", "units": 32, "reset_after": true}}]}}
```

```console
$ lstmlint check --target tfjs --select tfjs-layer-refused example.json
example.json:3:81: error[tfjs-layer-refused]: trend: tfjs refuses this: GRUCell does not support reset_after \
parameter set to true.
    help: replace it, or convert the model to a graph model (--output_format tfjs_graph_model)
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

A GRU that was built and trained with `reset_after=False` loads, and computes the same.

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [null, 30, 5]}},
  {"class_name": "GRU", "config": {"name": "trend", "units": 32, "reset_after": false}}]}}
```

```console
$ lstmlint check --target tfjs --select tfjs-layer-refused example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras and runtimes): the targets in which files must load; `--target` and the setting `target`
  set them for every rule of this category. This rule is for `tfjs` alone

## Known limits

The names are those of TensorFlow.js 4.22.0; classes that an application registers are unknown. Apart from recurrent
layers, only options of SeparableConv2D are judged. Shapes that TensorFlow.js needs to be stated (behind Flatten) are
not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "replace it, or convert the model to a graph model (--output_format tfjs_graph_model)"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
