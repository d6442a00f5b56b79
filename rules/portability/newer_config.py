"""The file has fields, classes or objects that are newer than the target.

## Why it matters

Files of the Keras in TensorFlow hold `ragged` in their input layers, `GlorotUniform` as a class, `Functional` as the
class of a model and `time_major` in recurrent layers. Standalone Keras up to 2.3 refuses each of them: `__init__() got
an unexpected keyword argument 'ragged'`, `Unknown initializer: GlorotUniform`. Of 233 public models that fail in 2.3.1,
they stop 127.

## Example

```console
$ lstmlint check --target keras-2.3 --select newer-config fixtures/keras-2.15.0/lstm-12.h5
fixtures/keras-2.15.0/lstm-12.h5:model_config/config/layers/0/config/ragged: error[newer-config]: lstm_input: \
keras-2.3 refuses this: __init__() got an unexpected keyword argument 'ragged'
    help: drop the fields that this Keras does not know where they hold their defaults
fixtures/keras-2.15.0/lstm-12.h5:model_config/config/layers/1/config/kernel_initializer: error[newer-config]: lstm: \
keras-2.3 refuses this: Unknown initializer: GlorotUniform
    help: drop the fields that this Keras does not know where they hold their defaults
fixtures/keras-2.15.0/lstm-12.h5:model_config/config/layers/1/config/time_major: error[newer-config]: lstm: keras-2.3 \
refuses this: ('Keyword argument not understood:', 'time_major')
    help: drop the fields that this Keras does not know where they hold their defaults
3 errors, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --target keras-2.3 --select newer-config fixtures/keras-2.3.1/lstm-12.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

The rule does not say which of the fields hold their default and can be deleted without harm.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "drop the fields that this Keras does not know where they hold their defaults"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
