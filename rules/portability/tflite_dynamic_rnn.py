"""A recurrent layer loops over a batch of any size, which TensorFlow Lite does not convert.

## Why it matters

TensorFlow Lite has no built-in operation for a loop whose states have an open dimension (tensorflow issues 34868,
53101, 58668 and 62849). TensorFlow 2.15.1 refuses every LSTM, GRU, SimpleRNN, ConvLSTM2D and Bidirectional with an open
batch. It converts all of them with a batch of one or with `unroll=True`, to the same outputs within 1e-6. The number of
steps may stay open.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [null, 30, 5]}},
  {"class_name": "LSTM", "config": {"name": "trend", "units": 32}}]}}
```

```console
$ lstmlint check --target tflite --select tflite-dynamic-rnn example.json
example.json:3:3: warning[tflite-dynamic-rnn]: trend: tflite refuses this: 'tf.TensorListReserve' op requires \
element_shape to be static during TF Lite transformation pass
    help: fix the batch size before converting, set unroll=True, or allow Select TF ops
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

The batch size is fixed, or the layer is unrolled.

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "config": {"name": "prices", "batch_input_shape": [1, 30, 5]}},
  {"class_name": "LSTM", "config": {"name": "trend", "units": 32}}]}}
```

```console
$ lstmlint check --target tflite --select tflite-dynamic-rnn example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras and runtimes): the targets in which files must load; `--target` and the setting `target`
  set them for every rule of this category. This rule is for `tflite` alone

## Known limits

With Select TF ops (`converter.target_spec.supported_ops`, and `converter._experimental_lower_tensor_list_ops = False`)
the loop is converted as well, but needs the larger runtime that has these ops. A program may fix the batch when it
converts, by a concrete function or a new Input, which no file shows. CuDNNLSTM and CuDNNGRU of Keras 2 are refused with
any batch (`CudnnRNNV2`); convert them to LSTM and GRU. Other layers are not judged, nor whether the model loads in its
own Keras.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "fix the batch size before converting, set unroll=True, or allow Select TF ops"


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
