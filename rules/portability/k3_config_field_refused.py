"""The config of a layer has a field or a value that Keras 3 refuses.

## Why it matters

Keras 3 no longer takes some fields and values: `batch_input_shape` of a first layer (in H5 files Keras 3 takes it for a
shape without the batch, so every shape has one dimension too many), lists for the `axis` of BatchNormalization, `dtype`
of an initializer, the shapes that MultiHeadAttention recorded, and names with a slash. Keras 3 takes the text `dot` in
the H5 config of an Attention for the function of that name. Each raises a `ValueError` or `TypeError` while the file is
loaded.

## Example

```console
$ lstmlint check --target keras-3 --select k3-config-field-refused fixtures/keras-2.3.1/lstm-72.h5
fixtures/keras-2.3.1/lstm-72.h5:model_config/config/layers/0: error[k3-config-field-refused]: lstm_1: keras-3.15 \
refuses this: Input 0 with name '[…]' of layer 'lstm_1' is incompatible with the layer: expected ndim=3, found \
ndim=4. Full shape received: (None, None, 4, 2)
    help: write an InputLayer with the shape before the first layer instead of its 'batch_input_shape', or try \
'lstmlint fix'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

An InputLayer states the shape.

```console
$ lstmlint check --target keras-3 --select k3-config-field-refused fixtures/keras-3.15.1/lstm-72.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

Only the fields above are judged; the values of other fields are assumed to be right.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "remove the fields and values that this Keras refuses, or write them in its form"


@rule(Severity.ERROR)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
