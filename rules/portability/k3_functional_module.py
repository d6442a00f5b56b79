"""The file names a module that Keras 3 moved.

## Why it matters

Keras 2.15 writes a functional model into `.keras` with the module `keras.src.engine.functional`. Keras 3 does not have
it and stops: `its parent module keras.src.engine.functional cannot be imported`.

## Example

```console
$ lstmlint check --target keras-3 --select k3-functional-module fixtures/keras-2.15.0/dict-inputs.keras
fixtures/keras-2.15.0/dict-inputs.keras:config.json/module: error[k3-functional-module]: keras-3.15 refuses this: \
Could not deserialize class 'Functional' because its parent module keras.src.engine.functional cannot be imported. \
Full object config: […]
    help: set 'module' to 'keras.src.models.functional', or try 'lstmlint fix'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

Keras 3 writes `keras.src.models.functional`, or `keras` for a Sequential.

```console
$ lstmlint check --target keras-3 --select k3-functional-module fixtures/keras-3.15.1/dict-inputs.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

Only modules of Keras itself are judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "set 'module' to 'keras.src.models.functional'"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
