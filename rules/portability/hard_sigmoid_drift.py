"""The slope of hard_sigmoid in the target differs from that in the Keras that wrote the file.

## Why it matters

hard_sigmoid is `clip(0.2 x + 0.5, 0, 1)` up to Keras 2 and `relu6(x + 3) / 6` in Keras 3 (tensorflow issue 65381). The
file loads without a warning, but its outputs differ: by up to 0.034 in a small LSTM, by 0.099 in a ConvLSTM2D.
hard_sigmoid was the default gate of every recurrent layer before Keras 2.3, so more than half of the public models are
concerned.

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

A file that Keras 3 wrote already has the slope of Keras 3.

```console
$ lstmlint check --target keras-3 --select hard-sigmoid-drift fixtures/keras-3.15.1/lstm-72.keras
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

A file that does not state its Keras is not judged. Nor are functions that a custom layer calls; only the activations of
built-in layers are.
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
