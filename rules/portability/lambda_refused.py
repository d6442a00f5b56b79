"""A Lambda holds Python bytecode, which the target refuses to run, or runs without a check.

## Why it matters

Bytecode in a model file is code of whoever made the file. Keras 3 refuses it, and so do the newer formats of Keras 2.12
and later (`Requested the deserialization of a Lambda layer`). Older versions run it, and fail where another Python
wrote it.

## Example

```console
$ lstmlint check --target keras-3 --select lambda-refused fixtures/keras-2.3.1/lambda.h5
fixtures/keras-2.3.1/lambda.h5:model_config/config/layers/1/config/function: error[lambda-refused]: lambda_1: \
keras-3.15 refuses this: Requested the deserialization of a `Lambda` layer whose `function` is a Python lambda. This \
carries a potential risk of arbitrary code execution and thus it is disallowed by default. If you trust the source of \
the artifact, you can override this error by passing `safe_mode=False` to the loading function, or calling \
`keras.config.enable_unsafe_deserialization().
    help: replace the Lambda by a layer of its own class; load it unsafely only if you trust the file
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --target keras-3 --select lambda-refused fixtures/keras-3.15.1/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

`safe_mode=False` lifts the refusal; only you can decide whether to trust the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "replace the Lambda by a layer of its own class; load it unsafely only if you trust the file"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
