"""Keras 3 wrote the file, and the target is an older Keras.

## Why it matters

Keras 3 writes `batch_shape` and `optional` into its input layers and `keras.src.models.functional` as the module of a
model; no Keras 2 knows either. None of 71 public files of Keras 3 loads in Keras 2.15 (keras issue 19898).

## Example

```console
$ lstmlint check --target tf-keras-2.15 --select keras3-to-keras2 fixtures/keras-3.15.1/lstm-72.keras
fixtures/keras-3.15.1/lstm-72.keras:config.json/config/layers/0/config/batch_shape: error[keras3-to-keras2]: \
input_layer: tf-keras-2.15 refuses this: Error when deserializing class 'InputLayer' using config=[…].\\n\\nException \
encountered: Unrecognized keyword arguments: ['batch_shape', 'optional']
    help: save the model with the older Keras, or write its config in the older form
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --target tf-keras-2.15 --select keras3-to-keras2 fixtures/keras-2.15.0/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

The rule names the fields at which the older Keras stops first, not every field that Keras 3 writes differently.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "save the model with the older Keras, or write its config in the older form"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
