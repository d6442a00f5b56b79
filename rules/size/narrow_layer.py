"""A layer of one or two units stands between wide layers.

## Why it matters

All that a layer behind it can know passes through those units. With `Dense(1)` before ten classes the model can only
order the classes along one line; with relu, half of that line is the same. Often the output layer of an earlier model
was left in, or a number of units was meant for the next layer.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 64}},
  {"class_name": "Dense", "config": {"name": "hidden", "units": 1, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "label", "units": 10, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[narrow-layer]: hidden: has 1 unit between 64 features and the 10 units of 'label', which \
can know no more
    see: example.json:6:3: label: reads it
    help: give 'hidden' more units, or delete it
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 64}},
  {"class_name": "Dense", "config": {"name": "hidden", "units": 32, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "label", "units": 10, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `units` (units, default 2): a layer of at most so many is narrow.
- `ratio` (features divided by units, default 8): a smaller ratio is not reported.

## Known limits

A layer is reported where it has fewer than an eighth of the features before it and fewer than the next layer, and
only layers with a kernel read it. Autoencoders, whose output is as wide as their input, have a narrow layer on
purpose, and so may a layer without which two others would be one; models that give back as many features as they read
are not judged. Scores of attention are multiplied with other values and are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.reading import read_by
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dim, Structure, first, is_dims, leaves
from lstmlint.ir.words import counted
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    """The number of units that is narrow, and how many times wider the layers around it are."""

    units: int = 2
    ratio: int = 8


@rule(Severity.WARNING, Confidence.HEURISTIC)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    if not any(_is_narrow(layer, options) for layer in model.all_layers):
        return
    widths = {_last(shape) for shape in leaves(model.inputs)}
    if any(_last(shape) in widths and is_dims(shape) and len(shape) > 2 for shape in leaves(model.outputs)):
        return
    for inner in model.all_models:
        for layer in inner.layers:
            units = _width(layer)
            given = _last(layer.calls[0].inputs) if layer.calls and _computes(layer) else None
            if not isinstance(units, int) or not isinstance(given, int) or not 0 < units <= options.units:
                continue
            readers = read_by(inner, layer)
            if not readers or not all(map(_computes, readers)):
                continue
            narrowest = min((width for width in map(_width, readers) if isinstance(width, int)), default=0)
            if given >= options.ratio * units and narrowest > max(units, options.units):
                yield _finding(layer, units, given, readers[0], narrowest)


def _is_narrow(layer: Layer, options: Options) -> bool:
    units = layer.config.get("units")
    return isinstance(units, int) and units <= options.units


def _finding(layer: Layer, units: int, given: int, reader: Layer, width: int) -> Finding:
    return Finding(
        location=location_of(layer),
        message=f"has {counted(units, 'unit')} between {given} features and the {width} units of '{reader.name}', "
        "which can know no more",
        help=f"give '{layer.name}' more units, or delete it",
        related=(Related(location_of(reader), "reads it"),),
    )


def _computes(layer: Layer) -> bool:
    """Whether a layer is a Dense or a recurrent layer."""
    core = layer.children.get("forward", layer.children.get("layer", layer))
    return core.class_name == "Dense" or (traits_of(core.class_name).is_gated_layer and "units" in core.config)


def _width(layer: Layer) -> Dim:
    return _last(layer.outputs) if _computes(layer) else None


def _last(structure: Structure) -> Dim:
    shape = first(structure)
    return shape[-1] if is_dims(shape) and shape else None
