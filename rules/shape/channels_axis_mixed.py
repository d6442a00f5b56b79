"""A layer takes time, height or width for its channels.

## Why it matters

`data_format` says which axis holds the channels. With `channels_first` on a tensor whose features are last, a pooling
joins features and keeps timesteps, and a convolution slides over features and mixes timesteps. It happens where a
path is built with channels_first and one layer is left at the default: behind a ConvLSTM2D of channels_first, a
Conv3D of the default slides over filters.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "first", "units": 16, "return_sequences": true}},
  {"class_name": "GlobalMaxPooling1D", "config": {"name": "pool", "data_format": "channels_first"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:82: warning[channels-axis-mixed]: pool: takes time 60 for its channels, as data_format is \
channels_first: it reads (batch, time 60, units of first 16)
    help: set data_format='channels_last' on 'pool'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "first", "units": 16, "return_sequences": true}},
  {"class_name": "GlobalMaxPooling1D", "config": {"name": "pool", "data_format": "channels_last"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Nothing is said behind a Permute, which exchanges axes on purpose, nor where a role is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.axes.effects import CHANNELS_FIRST
from lstmlint.analyses.axes.roles import Role, is_all, meaning_text, roles, text_of
from lstmlint.analyses.axes.walk import Meant, once_a_layer
from lstmlint.ir.finding import Confidence, Finding, Location, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, is_dims
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

KEY = "data_format"


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if not any(layer.config.get(KEY) == CHANNELS_FIRST for layer in model.all_layers):
        return
    yield from once_a_layer(model, lambda one: _finding(one) if _is_mixed(one) else None)


def _channels(layer: Layer, rank: int) -> int | None:
    """The axis that a layer takes for its channels; `None` where it has none."""
    traits = traits_of(layer.class_name)
    if traits.dimensions is None or not isinstance(layer.config.get(KEY), str):
        return None
    first = 2 if traits.is_sequence_layer else 1
    return first if layer.config[KEY] == CHANNELS_FIRST else rank - 1


def _is_mixed(one: Meant) -> bool:
    axes = one.inputs[0] if one.inputs else Unknown("it has no input")
    if isinstance(axes, Unknown) or len(axes) < 3:
        return False
    channels = _channels(one.layer, len(axes))
    if channels is None or channels >= len(axes):
        return False
    others = [axis for at, axis in enumerate(axes) if at and at != channels]
    known = roles(axes[channels])
    return bool(known) and Role.FEATURES not in known and any(is_all(axis, Role.FEATURES) for axis in others)


def _finding(one: Meant) -> Finding:
    axes, shape, layer = one.inputs[0], one.shapes[0], one.layer
    channels = _channels(layer, len(axes)) if not isinstance(axes, Unknown) else None
    named = "time"
    if channels is not None and not isinstance(axes, Unknown) and is_dims(shape):
        named = text_of(axes[channels], shape[channels])
    other = "channels_last" if layer.config[KEY] == CHANNELS_FIRST else CHANNELS_FIRST
    return Finding(
        location=Location(layer.full_name, (*layer.pointer, "config", KEY)),
        message=f"takes {named} for its channels, as {KEY} is {layer.config[KEY]}: it reads "
        f"{meaning_text(axes, shape)}",
        help=f"set {KEY}='{other}' on '{layer.name}'",
    )
