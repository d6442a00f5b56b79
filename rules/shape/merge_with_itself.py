"""A tensor is merged with itself.

## Why it matters

A residual connection adds the input of a block to its output. Added to itself, a tensor is only doubled; subtracted
it is 0, averaged or compared it is what it was, and joined it holds everything twice. The model trains, and the path
that was meant is missing.

## Example

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 16]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16, "return_sequences": true},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Add", "name": "sum", "config": {"name": "sum"},
    "inbound_nodes": [[["lstm", 0, 0, {}], ["lstm", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "last", "config": {"name": "last", "units": 16},
    "inbound_nodes": [[["sum", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "next_day", "config": {"name": "next_day", "units": 1},
    "inbound_nodes": [[["last", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["next_day", 0, 0]]}}
```

```console
$ lstmlint check example.json
example.json:7:3: warning[merge-with-itself]: sum: merges 'lstm' with itself
    help: give 'sum' the other tensor that was meant, as the input of the block
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 16]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16, "return_sequences": true},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Add", "name": "sum", "config": {"name": "sum"},
    "inbound_nodes": [[["lstm", 0, 0, {}], ["days", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "last", "config": {"name": "last", "units": 16},
    "inbound_nodes": [[["sum", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "next_day", "config": {"name": "next_day", "units": 1},
    "inbound_nodes": [[["last", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["next_day", 0, 0]]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A product with itself is a square, which may be meant, and is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.graph import references
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer, call, _ in inner.calls():
            tensors = list(references(call.inputs)) if _merges(layer) else []
            if len(tensors) > 1 and len(set(tensors)) == 1:
                before = inner.producer(tensors[0])
                named = f"'{before.name}'" if before is not None else "one tensor"
                yield Finding(
                    location=location_of(layer),
                    message=f"merges {named} with itself",
                    help=f"give '{layer.name}' the other tensor that was meant, as the input of the block",
                )


def _merges(layer: Layer) -> bool:
    is_merge = traits_of(layer.class_name).is_elementwise_merge or layer.class_name == "Concatenate"
    return is_merge and layer.class_name != "Multiply"
