"""The module of a class is one that Keras 3 moved.

## Why it matters

Keras 2.15 writes a functional model into `.keras` with the module `keras.src.engine.functional`, which Keras 3 \
does not
have: `its parent module keras.src.engine.functional cannot be imported`.

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

- `targets` (versions of Keras): those that files are to load in; `--target` and the setting `target` give them to every
  rule of this category. Without any, whole models are held against the newest known Keras, and what it stops at is
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
