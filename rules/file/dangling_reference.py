"""A model refers to a layer, call or output that does not exist, or its layers wait for each other in a circle.

## Why it matters

A functional model records for each layer which outputs it reads: a layer name, the number of its call and the number of
the output. If a reference leads to nothing, or in a circle, Keras cannot build the model: Keras 3.15 stops with
"Unknown layer", "Internal error: could not find layer" or "The graph of the Functional model either has loops or
disconnected nodes", Keras 2.15 stops with a KeyError, and Keras 2.3.1 never stops loading. The usual source is JSON
edited by hand, in which a layer was renamed or deleted and other layers still refer to it.

## Example

```json
{"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "classifier", "layers": [
  {"class_name": "InputLayer", "name": "words", "config": {"name": "words", "batch_input_shape": [null, 20, 8]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "encoder_lstm", "config": {"name": "encoder_lstm", "units": 16},
    "inbound_nodes": [[["words", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "label", "config": {"name": "label", "units": 3},
    "inbound_nodes": [[["encoder_lstm_1", 0, 0, {}]]]}],
  "input_layers": [["words", 0, 0]], "output_layers": [["label", 0, 0]]}}
```

```console
$ lstmlint check example.json
example.json:7:23: error[dangling-reference]: label: refers to output 0 of call 0 of 'encoder_lstm_1', but no layer \
has that name
    see: example.json:4:3: encoder_lstm: is the closest match
    help: did you mean 'encoder_lstm'?
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "classifier", "layers": [
  {"class_name": "InputLayer", "name": "words", "config": {"name": "words", "batch_input_shape": [null, 20, 8]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "encoder_lstm", "config": {"name": "encoder_lstm", "units": 16},
    "inbound_nodes": [[["words", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "label", "config": {"name": "label", "units": 3},
    "inbound_nodes": [[["encoder_lstm", 0, 0, {}]]]}],
  "input_layers": [["words", 0, 0]], "output_layers": [["label", 0, 0]]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The number of outputs of a custom layer is unknown, so a reference to one of them is not judged. Nor is a reference to a
name that two layers have (`duplicate-layer-name`). Keras 2.15 takes any call of an input layer for its only one, where
other versions fail. Only one circle of a model is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.connections import Dangling, cycle, dangling
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Location, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for unresolved in dangling(inner):
            yield _missing(unresolved)
        circle = cycle(inner)
        if circle:
            yield _circle(circle)


def _missing(unresolved: Dangling) -> Finding:
    reference = unresolved.reference
    related = () if unresolved.near is None else (Related(location_of(unresolved.near), "is the closest match"),)
    if unresolved.near is not None and unresolved.near.name != reference.layer:
        cure = f"did you mean '{unresolved.near.name}'?"
    elif unresolved.near is not None:
        cure = "refer to a call and an output that it has"
    else:
        cure = f"restore '{reference.layer}', or refer to a layer that is there"
    return Finding(
        location=unresolved.location,
        message=f"refers to output {reference.index} of call {reference.call} of '{reference.layer}', "
        f"but {unresolved.reason}",
        help=cure,
        related=related,
    )


def _circle(circle: list[Layer]) -> Finding:
    first, *others = circle
    way = " -> ".join(layer.name for layer in (*circle, first))
    return Finding(
        location=Location(first.full_name, (*first.pointer, "inbound_nodes")),
        message=f"waits for its own output: {way}" if others else "is called on its own output",
        help=f"let '{first.name}' read a layer that comes before it",
        related=tuple(Related(location_of(layer), "is part of the circle") for layer in others),
    )
