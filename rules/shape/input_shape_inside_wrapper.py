"""The input shape of a model is given to the layer inside a wrapper.

## Why it matters

A Sequential is built where its first layer has an `input_shape`. Given to the layer inside a TimeDistributed or a
Bidirectional it is lost: the model has no weights until it is called, `summary()` counts none, and the file records
no shape. The shape belongs on the wrapper, with the axis of timesteps, or in an Input.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "2.15.0",
 "config": {"name": "windows", "layers": [
  {"class_name": "TimeDistributed", "config": {"name": "windows", "layer": {"class_name": "Conv1D",
    "config": {"name": "conv", "filters": 3, "kernel_size": 2, "batch_input_shape": [null, 5, 2]}}}},
  {"class_name": "Flatten", "config": {"name": "flatten"}}]}}
```

```console
$ lstmlint check example.json
example.json:4:85: warning[input-shape-inside-wrapper]: windows/conv: has the batch_input_shape [None, 5, 2], which \
'windows' around it does not pass on, so the model has no input shape
    help: begin the model with an Input, or give 'windows' the shape, timesteps first
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "2.15.0",
 "config": {"name": "windows", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 10, 5, 2]}},
  {"class_name": "TimeDistributed", "config": {"name": "windows", "layer": {"class_name": "Conv1D",
    "config": {"name": "conv", "filters": 3, "kernel_size": 2}}}},
  {"class_name": "Flatten", "config": {"name": "flatten"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Keras 2 keeps such a shape in the file, Keras 3 drops it, so only files of Keras 2 and older tell. Models whose input
is known otherwise are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, first
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The keys of an input shape, with the batch and without.
SHAPES = ("batch_input_shape", "input_shape")


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer in inner.listed_layers[:1]:
            if inner.graph is None or not inner.graph.is_sequential or not isinstance(first(inner.inputs), Unknown):
                continue
            for child in layer.children.values():
                key = next((key for key in SHAPES if child.config.get(key)), None)
                if key is not None:
                    yield Finding(
                        location=Location(child.full_name, (*child.pointer, "config", key)),
                        message=f"has the {key} {child.config[key]}, which '{layer.name}' around it does not pass on, "
                        "so the model has no input shape",
                        help=f"begin the model with an Input, or give '{layer.name}' the shape, timesteps first",
                    )
