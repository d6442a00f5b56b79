"""A recurrent layer has far more units than it reads features, or far fewer.

## Why it matters

With far more units than features, nearly all parameters connect the layer to itself: `LSTM(300)` on one feature spends
361,200 of 362,400 parameters on the recurrent kernel and bias. With far more features than units, the kernel has nearly
all parameters, and a Dense or Embedding before the layer would be cheaper. Half of the recurrent layers in public
models have as many units as features, 95 % have at most 58 times as many.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "univariate", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 20, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 128}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: note[unbalanced-width]: lstm: has 128 units for 1 feature: \
66,048 of its 66,560 parameters do not read the input
    help: try 64 units first; the number of timesteps is no reason for more
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "univariate", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 20, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 64}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `ratio` (units divided by features, default 64): a layer above this ratio is reported.
- `ratio-when-large` (units divided by features, default 16): a layer of at least `large` parameters is reported above
  this ratio.
- `large` (parameters, default 50,000): from this size on `ratio-when-large` holds.
- `wide-features` (features, default 512): a layer with at least so many features, and four times as many features as
  units, is reported if its kernel is larger than `wide-kernel`.
- `wide-kernel` (parameters of the kernel, default 300,000): the size above which the kernel of a wide input matters.

## Known limits

Univariate series with 32 to 64 units are common and may be right; up to `ratio` they are not reported. Convolutional
recurrent layers are not judged: their filters read windows, and 64 filters on gray images are usual.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import whole
from lstmlint.analyses.gates import GateParts, gate_parts, weight_share
from lstmlint.analyses.sequences import location_of, recurrent_layers
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.ir.words import counted
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, rule

#: An input this many times wider than the units is wide.
FEATURES_PER_UNIT = 4


@dataclass(frozen=True, slots=True)
class Options:
    """Ratios of units to features, and the sizes from which they matter."""

    ratio: int = 64
    ratio_when_large: int = 16
    large: int = 50_000
    wide_features: int = 512
    wide_kernel: int = 300_000


@rule(Severity.NOTE, Confidence.HEURISTIC)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for layer in recurrent_layers(model):
        if traits_of(layer.class_name).dimensions:
            continue
        if isinstance(layer.params, Unknown):
            yield Unjudged(location_of(layer), layer.params)
        elif layer.params:
            yield from _judge(layer, layer.params, options)


def _judge(layer: Layer, params: int, options: Options) -> Iterator[Judgement]:
    parts = gate_parts(layer)
    is_narrow = parts.inputs < min(options.wide_features, FEATURES_PER_UNIT * parts.units)
    if is_narrow and parts.units <= min(options.ratio, options.ratio_when_large) * parts.inputs:
        return
    read = weight_share(layer).inputs * params
    features = counted(parts.inputs, "feature")
    if _is_wide(parts, parts.units, options):
        yield Finding(
            location=location_of(layer),
            message=f"has {parts.units:,} units for {features}: {params - round(read):,} of its {params:,} parameters "
            "do not read the input",
            help=f"try {_suggested(parts, options):,} units first; the number of timesteps is no reason for more",
        )
    elif (
        parts.inputs >= options.wide_features
        and parts.inputs >= FEATURES_PER_UNIT * parts.units
        and read > options.wide_kernel
    ):
        yield Finding(
            location=location_of(layer),
            message=f"has {parts.units:,} units for {features}: {round(read):,} of its {params:,} parameters "
            "only read the input",
            help=f"put a Dense of about {parts.units:,} units before '{whole(layer)}', on every timestep",
        )


def _is_wide(parts: GateParts, units: int, options: Options) -> bool:
    """Whether a number of units is too many for the features of a layer."""
    is_large = units > parts.units_within(options.large - 1)
    return units > (options.ratio_when_large if is_large else options.ratio) * parts.inputs


def _suggested(parts: GateParts, options: Options) -> int:
    """The units, halved until this rule does not report the layer."""
    units = parts.units
    while units > 1 and _is_wide(parts, units, options):
        units //= 2
    return units
