"""Weights start so large that activations are saturated from the first step on.

## Why it matters

Keras starts a kernel with values of about `1 / sqrt(inputs)`. With a standard deviation of 10 the sum over 8 inputs
of size 1 is about 28. There the gates of an LSTM are 0 or 1 and tanh is -1 or 1, so no gradient comes through: on an
easy series an `LSTM(16)` with such a kernel ended at a loss of 0.20 to 0.23, where the usual start ended at 0.001 (40
epochs, three seeds, Keras 3.15.1).

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32,
    "kernel_initializer": {"module": "keras.initializers", "class_name": "RandomNormal", "config": {"mean": 0.0,
    "stddev": 10.0}}}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:27: warning[initializer-range]: lstm: its kernel starts with stddev=10 (random_normal), so its \
activations are saturated at once
    help: drop kernel_initializer of 'lstm', or take values of about 0.05
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32,
    "kernel_initializer": {"module": "keras.initializers", "class_name": "RandomNormal", "config": {"mean": 0.0,
    "stddev": 0.05}}}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `max` (size, default 2.0): larger initial values are reported.

## Known limits

Only the initial values are judged, from the config; an Embedding and a bias are left out, and so is a trained file's
own weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import Initializer, initializer, number_in, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.analyses.limits import exceeds
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule

KEYS = ("kernel_initializer", "recurrent_initializer", "depthwise_initializer", "pointwise_initializer")

#: The settings that hold a size, of initializers whose values do not depend on the number of inputs.
SIZES = {
    "random_normal": ("stddev",),
    "truncated_normal": ("stddev",),
    "random_uniform": ("minval", "maxval"),
    "constant": ("value",),
    "normal": ("stddev",),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The largest size that is not reported."""

    max: float = 2.0


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for layer in written_layers(model):
        for key in filter(layer.config.get, KEYS):
            stated = initializer(layer.config[key])
            setting = None if stated is None else _large(stated, options)
            if stated is not None and setting is not None:
                weight = key.removesuffix("_initializer").replace("recurrent", "recurrent kernel")
                yield Finding(
                    location=Location(layer.full_name, (*layer.pointer, "config", key)),
                    message=f"its {weight} starts with {setting}={number_in(stated.config[setting]):g} "
                    f"({stated.name}), so its activations are saturated at once",
                    help=f"drop {key} of {in_code(layer)}, or take values of about 0.05",
                )


def _large(stated: Initializer, options: Options) -> str | None:
    """The setting of an initializer that is too large."""
    for setting in SIZES.get(stated.name, ()):
        size = number_in(stated.config.get(setting))
        if size is not None and exceeds(abs(size), options.max):
            return setting
    return None
