"""Tensors are joined along time or along the batch, where they run side by side.

## Why it matters

Two streams of the same timesteps belong side by side: step by step, with the features of both. Joined along time they
follow each other, so a layer behind them reads a sequence of twice the length, whose second half is the same time
again. Joined along the batch, the examples of one stand behind those of the other: twice as many predictions as
targets.

## Example

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 4]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "slow", "config": {"name": "slow", "units": 16, "return_sequences": true},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "fast", "config": {"name": "fast", "units": 16, "return_sequences": true},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Concatenate", "name": "both", "config": {"name": "both", "axis": 1},
    "inbound_nodes": [[["slow", 0, 0, {}], ["fast", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["both", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "next_day", "config": {"name": "next_day", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["next_day", 0, 0]]}}
```

```console
$ lstmlint check example.json
example.json:9:3: warning[concatenation-axis]: both: joins along time what runs side by side: (batch, time 20, units \
of slow 16) and (batch, time 20, units of fast 16)
    help: set axis=-1 on 'both', so that features stand side by side
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 4]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "slow", "config": {"name": "slow", "units": 16, "return_sequences": true},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "fast", "config": {"name": "fast", "units": 16, "return_sequences": true},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Concatenate", "name": "both", "config": {"name": "both", "axis": -1},
    "inbound_nodes": [[["slow", 0, 0, {}], ["fast", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["both", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "next_day", "config": {"name": "next_day", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["next_day", 0, 0]]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Streams of one input are a warning; two inputs of numbers with equally many timesteps and features are a note, as they
may well follow each other. Streams of other lengths, and tokens of two inputs, are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.axes.roles import Role, is_all, meaning_text
from lstmlint.analyses.axes.walk import Meant, once_a_layer
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Unknown, is_dims
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if not any(map(_joins_elsewhere, model.all_layers)):
        return
    given = {layer.name for layer in model.all_layers if layer.class_name == "InputLayer"}
    yield from once_a_layer(model, lambda one: _said(one, given))


def _joins_elsewhere(layer: Layer) -> bool:
    return layer.class_name == "Concatenate" and layer.config.get("axis", -1) != -1


def _said(one: Meant, given: set[str]) -> Finding | None:
    axis = one.layer.config.get("axis") if one.layer.class_name == "Concatenate" else None
    if not isinstance(axis, int) or len(one.inputs) < 2:
        return None
    shapes = [shape for shape in one.shapes if is_dims(shape)]
    if len(shapes) < len(one.shapes) or not -len(shapes[0]) <= axis < len(shapes[0]):
        return None
    at = axis % len(shapes[0])
    if at == 0:
        return _finding(one, "the batch", Severity.WARNING)
    axes = [meaning[at] for meaning in one.inputs if not isinstance(meaning, Unknown) and at < len(meaning)]
    if len(axes) < len(one.inputs) or len(shapes[0]) < 3 or not all(is_all(axis_in, Role.TIME) for axis_in in axes):
        return None
    if all(axis_in == axes[0] for axis_in in axes):
        return _finding(one, "time", Severity.WARNING)
    return _finding(one, "time", Severity.NOTE) if _are_alike(one, shapes, given) else None


def _are_alike(one: Meant, shapes: list[Dims], given: set[str]) -> bool:
    """Whether tensors of several inputs have the same known steps and raw features."""
    if not isinstance(shapes[0][1], int) or any(shape[1:] != shapes[0][1:] for shape in shapes):
        return False
    features = [meaning[-1] for meaning in one.inputs if not isinstance(meaning, Unknown)]
    return all(not isinstance(axis, Unknown) and all(part.origin in given for part in axis) for axis in features)


def _finding(one: Meant, axis: str, severity: Severity) -> Finding:
    texts = [meaning_text(meaning, shape) for meaning, shape in zip(one.inputs, one.shapes, strict=True)]
    return Finding(
        location=location_of(one.layer),
        message=f"joins along {axis} what runs side by side: {' and '.join(texts[:2])}",
        help=f"set axis=-1 on '{one.layer.name}', so that features stand side by side",
        severity=severity,
    )
