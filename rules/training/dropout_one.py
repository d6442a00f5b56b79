"""The dropout rate of a layer is 1, so it drops everything, drops nothing, or fails.

## Why it matters

A rate of 1 leaves nothing to learn from, and its effect differs by layer and version. It is never the effect that
dropout should have: to keep a part.

| layer | Keras 2.3.1 | Keras 2.15.0 | Keras 3.15.1 |
|---|---|---|---|
| Dropout, SpatialDropout1D | nothing is dropped | training fails | every value is 0 in training |
| GaussianDropout | nothing is dropped | nothing is dropped | training fails (division by zero) |
| LSTM | nothing is dropped | training fails | nothing is dropped |
| GRU, `dropout` | nothing is dropped | training fails | every input is 0 in training |
| GRU, `recurrent_dropout` | nothing is dropped | training fails | nothing is dropped |
| SimpleRNN | nothing is dropped | training fails | every input, or every state, is 0 in training |
| Attention, MultiHeadAttention | | | every score is 0 in training |

The usual cause is the share to keep instead of the share to drop (`keep_prob=1.0` in TensorFlow 1), or a percentage.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32, "dropout": 1.0}},
  {"class_name": "Dense", "config": {"name": "tag", "units": 5, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
example.json:3:77: error[dropout-one]: lstm: dropout is 1, for which Keras drops everything, drops nothing, or \
fails in training
    help: set dropout to the share to drop, between 0 and 0.5, on 'lstm'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32, "dropout": 0.1}},
  {"class_name": "Dense", "config": {"name": "tag", "units": 5, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

`dropout-out-of-range` reports rates above 1. Custom layers are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.droprates import drop_rates
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for rate in drop_rates(model):
        if rate.number == 1:
            yield Finding(
                location=rate.location,
                message=f"{rate.key} is 1, for which Keras drops everything, drops nothing, or fails in training",
                help=f"set {rate.key} to the share to drop, between 0 and 0.5, on {in_code(rate.layer)}",
            )
