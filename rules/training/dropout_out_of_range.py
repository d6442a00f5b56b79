"""A share of dropout is below 0 or above 1, and Keras takes another one for it without a word.

## Why it matters

A share to drop lies between 0 and 1. Keras 3.15.1 and 2.15.0 refuse anything else in a Dropout layer, as
`invalid-layer-config` says besides. Recurrent layers refuse nothing: LSTM, GRU and SimpleRNN take -0.3 for 0 and 1.5
for 1, and 1 is no dropout at all or drops everything (`dropout-one`). Attention does the same. Keras 2.3.1 clamps in
Dropout layers too, and GaussianDropout dropped nothing up to 2.15.0. A percentage (`dropout: 20`) is the usual cause.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "GRU", "config": {"name": "gru", "units": 32, "dropout": 20, "recurrent_dropout": 0.1}},
  {"class_name": "Dense", "config": {"name": "tag", "units": 5, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
example.json:3:75: error[dropout-out-of-range]: gru: dropout is 20, where a share from 0 to 1 is meant; Keras \
refuses it or takes it for 1 without a word
    help: set dropout to 0.2 on 'gru'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "GRU", "config": {"name": "gru", "units": 32, "dropout": 0.2, "recurrent_dropout": 0.1}},
  {"class_name": "Dense", "config": {"name": "tag", "units": 5, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Keras writes the value that it took (1.0 for 20) when it saves a recurrent layer, so only configs that were written or
edited by hand or by another program show the mistake; a saved one is `dropout-one`.
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
        number = rate.number
        if number is not None and not 0 <= number <= 1:
            yield Finding(
                location=rate.location,
                message=f"{rate.key} is {rate.value}, where a share from 0 to 1 is meant; {_effect(number)}",
                help=f"set {rate.key} to {_meant(number)} on {in_code(rate.layer)}",
            )


def _effect(number: float) -> str:
    return f"Keras refuses it or takes it for {0 if number < 0 else 1} without a word"


def _meant(number: float) -> str:
    """The share that was probably meant: a percentage divided by a hundred, or any."""
    return f"{number / 100:g}" if 2 <= number < 100 else "a number between 0 and 0.5"
