"""hard_sigmoid has another slope in the target than in the Keras that wrote the file.

## Why it matters

Up to Keras 2 it is `clip(0.2 x + 0.5, 0, 1)`, in Keras 3 `relu6(x + 3) / 6` (tensorflow issue 65381). The file loads
without a word, and its outputs differ: by up to 0.034 in a small LSTM, 0.099 in a ConvLSTM2D. It was the default \
gate of
every recurrent layer before Keras 2.3, so more than half of the public models are concerned.

## Example

```console
$ lstmlint check --target keras-3 --select hard-sigmoid-drift fixtures/keras-2.3.1/options.json
fixtures/keras-2.3.1/options.json:1:366: warning[hard-sigmoid-drift]: lstm_1: keras-3.15 computes otherwise: \
hard_sigmoid (recurrent_activation) is max(0, min(1, x/6 + 0.5)) here and was max(0, min(1, 0.2x + 0.5)) where the \
file was written
    help: scale the weights that feed hard_sigmoid by 1.2, or register the old function, or try 'lstmlint fix'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

A file that Keras 3 wrote already means the slope of Keras 3.

```console
$ lstmlint check --target keras-3 --select hard-sigmoid-drift fixtures/keras-3.15.1/lstm-72.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): those that files are to load in; `--target` and the setting `target` give them to every
  rule of this category. Without any, whole models are held against the newest known Keras, and what it stops at is
  a note

## Known limits

A file that does not state its Keras is not judged. Only layers' own activations are looked at, not a function that a
custom layer calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "scale the weights that feed hard_sigmoid by 1.2, or register the old function"


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
