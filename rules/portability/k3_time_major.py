"""The config of a recurrent layer has the key time_major, which Keras 3 refuses.

## Why it matters

Every recurrent layer that tf.keras 2 saved has the key, nearly always as `false`. Keras 3 refuses the key itself, not
only its value. It is the most frequent reason why a recurrent `.h5` file of the last years does not load (keras issue
20750): of 186 public files of Keras 2, it stops 77. A layer with `true` reads its input with time as the first axis.
Such a file loads without the key, but computes other outputs (a difference of 0.29 was measured).

## Example

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "prices", "batch_shape": [null, 30, 5], "dtype": "float32"}},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null,
   "config": {"name": "trend", "units": 32, "time_major": false}}]}}
```

```console
$ lstmlint check --target keras-3 --select k3-time-major example.json
example.json:5:59: error[k3-time-major]: trend: keras-3.15 refuses this: Unrecognized keyword arguments passed to \
LSTM: {'time_major': False}
    help: delete 'time_major' from the config where it is false, or try 'lstmlint fix'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

Without the key the layer loads, and computes the same where it was false.

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "prices", "batch_shape": [null, 30, 5], "dtype": "float32"}},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null,
   "config": {"name": "trend", "units": 32}}]}}
```

```console
$ lstmlint check --target keras-3 --select k3-time-major example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

An architecture alone is only judged where a target is named. A layer whose class is unknown is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "delete 'time_major' from the config where it is false"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
