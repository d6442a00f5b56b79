"""A recurrent layer runs along features, not along time.

## Why it matters

A recurrent layer reads the axis after the batch as time: each step changes what it remembers of those before.
Features and units have no order, so there is nothing to remember. It happens where a `TimeDistributed(LSTM)` gets one
feature at a time in place of a short sequence, and where the units of a recurrent layer become timesteps by a
Reshape.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "Reshape", "config": {"name": "apart", "target_shape": [60, 8, 1]}},
  {"class_name": "TimeDistributed", "config": {"name": "each", "layer": {"class_name": "LSTM",
    "config": {"name": "inner", "units": 16}}}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[recurrence-along-features]: each: runs along features of days 8, of (batch, time 60, \
features of days 8, 1), which have no order
    help: give 'each' the timesteps as its second axis
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "first", "units": 16, "return_sequences": true}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The units of a Dense may be laid out as a sequence, as generators do, and a flat input may be one, so these are not
reported. Nor is what stands behind a Permute, which exchanges axes on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.axes.roles import Axis, Role, is_all, meaning_text, text_of
from lstmlint.analyses.axes.walk import Meant, once_a_layer
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, is_dims
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if not any(map(_may_turn_features, model.all_layers)):
        return
    recurrent = {layer.name for layer in model.all_layers if traits_of(layer.class_name).is_recurrent}
    yield from once_a_layer(model, lambda one: _said(one, recurrent))


def _said(one: Meant, recurrent: set[str]) -> Finding | None:
    at = _time_axis(one.layer)
    axes, shape = (one.inputs[0], one.shapes[0]) if one.inputs else (Unknown("it has no input"), None)
    if at is None or isinstance(axes, Unknown) or shape is None or not is_dims(shape) or len(axes) < at + 2:
        return None
    has_time = any(is_all(axis, Role.TIME) for axis in axes)
    if shape[at] == 1 or not _is_feature(axes[at], recurrent, has_time=has_time):
        return None
    return _finding(one, text_of(axes[at], shape[at]), meaning_text(axes, shape))


def _may_turn_features(layer: Layer) -> bool:
    """Whether features may become timesteps by a layer; a Permute exchanges axes on purpose."""
    return layer.class_name == "Reshape" or (layer.class_name == "TimeDistributed" and _time_axis(layer) is not None)


def _time_axis(layer: Layer) -> int | None:
    """The axis along which a layer runs; `None` for a layer that runs along none."""
    inner = layer.children.get("layer") if layer.class_name == "TimeDistributed" else None
    if inner is not None:
        return 2 if traits_of(inner.class_name).is_recurrent else None
    core = layer.children.get("forward", layer)
    is_plain = traits_of(core.class_name).is_sequence_layer and not core.config.get("time_major")
    return 1 if is_plain else None


def _is_feature(axis: Axis, recurrent: set[str], *, has_time: bool) -> bool:
    """Whether an axis has no order: units of a recurrent layer, or features of an input beside its time."""
    if isinstance(axis, Unknown) or not is_all(axis, Role.FEATURES):
        return False
    return any(
        (part.noun == "units" and part.origin in recurrent) or (part.noun == "features" and has_time) for part in axis
    )


def _finding(one: Meant, axis: str, text: str) -> Finding:
    return Finding(
        location=location_of(one.layer),
        message=f"runs along {axis}, of {text}, which have no order",
        help=f"give '{one.layer.name}' the timesteps as its second axis",
    )
