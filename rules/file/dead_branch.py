"""A layer or an input reaches no output.

## Why it matters

Keras saves the layers between inputs and outputs. A layer whose values reach no output was left by an edit of the
file, or its output was forgotten in the list of outputs: it is built, counted and stored, and never learns. An input
that reaches no output is asked of every user and read by nobody; Keras 3.15.1 builds such a model without a word.

## Example

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 60, 8]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "next_day", "config": {"name": "next_day", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "volume", "config": {"name": "volume", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["next_day", 0, 0]]}}
```

```console
$ lstmlint check example.json
example.json:9:3: warning[dead-branch]: volume: reaches no output of the model
    help: delete 'volume', or name it among the outputs
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 60, 8]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "next_day", "config": {"name": "next_day", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["next_day", 0, 0]]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Layers that only add a loss or a metric reach no output, and are not reported. Nor are layers behind references that
lead to nothing, which `dangling-reference` reports.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.connections import acts_alone, reaching
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        if inner.graph is None or inner.graph.is_sequential or not inner.layers:
            continue
        reached = reaching(inner)
        if not reached:
            continue
        for layer in inner.layers:
            if layer.name not in reached and not acts_alone(layer):
                yield _finding(layer)


def _finding(layer: Layer) -> Finding:
    is_input = layer.class_name == "InputLayer"
    return Finding(
        location=location_of(layer),
        message="is an input that no output reads" if is_input else "reaches no output of the model",
        help=f"delete '{layer.name}', or name {'what reads it' if is_input else 'it'} among the outputs",
    )
