"""Two layers of one model have the same name.

## Why it matters

Keras finds layers and their weights by name. Keras 3.15 refuses such a Sequential ("All layers added to a Sequential
model should have unique names") and such a functional model ("The graph of the Functional model either has loops or
disconnected nodes"). Keras 2.3.1 never stops loading the functional one. Keras 2.15 silently makes one layer of the
two, so that they share their weights. The usual source is a layer copied in a JSON file.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 8, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:46: error[duplicate-layer-name]: dense: is the name of two layers, both Dense
    see: example.json:4:3: dense: has the name already
    help: rename one of them, for example to 'dense_1', here and in each reference to it
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 8, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "dense_1", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A layer that is used several times is one layer with several calls. A nested model has names of its own. Layers whose
config states no name get a unique one from Keras and are not judged. A reference to one of two layers of the same name
is open, so errors that follow from it are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.connections import shared_names
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Location, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        taken = {layer.name for layer in inner.layers}
        for earlier, layer in shared_names(inner):
            name = _free(layer.name, taken)
            taken.add(name)
            yield Finding(
                location=Location(layer.full_name, (*layer.pointer, "config", "name")),
                message=f"is the name of two layers, {_kinds(earlier.class_name, layer.class_name)}",
                help=f"rename one of them, for example to '{name}', here and in each reference to it",
                related=(Related(location_of(earlier), "has the name already"),),
            )


def _kinds(one: str, other: str) -> str:
    return f"both {one}" if one == other else f"a {one} and a {other}"


def _free(name: str, taken: set[str]) -> str:
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
