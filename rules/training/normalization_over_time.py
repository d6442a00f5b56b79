"""A normalization works along timesteps, not along features.

## Why it matters

`axis` names the axis that keeps its own mean and variance. With `axis=1` on a sequence a BatchNormalization learns a
scale for each timestep and mixes all features into one mean, and it fits no other length. A LayerNormalization of
axis 1 takes from each feature its mean over the whole sequence, so an early step is changed by later ones. The
default, the last axis, is the features.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "first", "units": 16, "return_sequences": true}},
  {"class_name": "BatchNormalization", "config": {"name": "norm", "axis": 1}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:75: warning[normalization-over-time]: norm: has a mean for each timestep and one for all features: \
axis 1 of (batch, time 60, units of first 16) is time
    help: set axis=-1 on 'norm'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "first", "units": 16, "return_sequences": true}},
  {"class_name": "BatchNormalization", "config": {"name": "norm", "axis": -1}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only a single axis that is known to be time is reported; a LayerNormalization over time and features together is a
choice.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.axes.roles import Role, is_all, meaning_text
from lstmlint.analyses.axes.walk import Meant, once_a_layer
from lstmlint.ir.finding import Confidence, Finding, Location, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The words for the values that share a mean.
WORDS = {
    "BatchNormalization": "has a mean for each timestep and one for all features",
    "LayerNormalization": "takes from each feature its mean over all timesteps, later ones included",
}


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if not any(_axis(layer) not in (None, -1) for layer in model.all_layers):
        return
    yield from once_a_layer(model, _said)


def _said(one: Meant) -> Finding | None:
    axis = _axis(one.layer)
    axes = one.inputs[0] if one.inputs else Unknown("it has no input")
    if axis is None or isinstance(axes, Unknown) or not -len(axes) <= axis < len(axes):
        return None
    if not is_all(axes[axis], Role.TIME) or not is_all(axes[-1], Role.FEATURES):
        return None
    return Finding(
        location=Location(one.layer.full_name, (*one.layer.pointer, "config", "axis")),
        message=f"{WORDS[one.layer.class_name]}: axis {axis} of {meaning_text(axes, one.shapes[0])} is time",
        help=f"set axis=-1 on '{one.layer.name}'",
    )


def _axis(layer: Layer) -> int | None:
    """The only axis of a normalization."""
    axis = layer.config.get("axis") if layer.class_name in WORDS else None
    if isinstance(axis, list):
        axis = axis[0] if len(axis) == 1 else None
    return axis if isinstance(axis, int) else None
