"""A weight needs a dimension that is open (`None`).

## Why it matters

Weights have a fixed size, so the axis that a kernel multiplies must be known. An LSTM can run over an open number of
timesteps, but no layer can once Flatten or Reshape has made features of it. Keras 3 stops with "Shapes used to
initialize variables must be fully-defined", Keras 2 with "The last dimension of the inputs to a Dense layer should be
defined".

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "open", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, null, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": true}},
  {"class_name": "Flatten", "config": {"name": "flatten"}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:3: error[unknown-dim-into-weights]: dense: its kernel would be (None, 1), \
because the input (None, None) leaves that dimension open
    see: example.json:4:3: flatten: gives (None, None)
    help: fix the open axis in the model's input, or pool over time instead of 'flatten'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "open", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, null, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": true}},
  {"class_name": "GlobalAveragePooling1D", "config": {"name": "pool"}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only dimensions that Keras itself leaves open are reported, never those that lstmlint cannot know.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.graph import TensorRef
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    seen = set()
    for layer in model.all_layers:
        if layer.children or layer.model is not None or isinstance(layer.weights, Unknown) or layer.pointer in seen:
            continue
        seen.add(layer.pointer)
        weight = next((weight for weight in layer.weights if None in weight.shape), None)
        if weight is not None:
            yield _finding(layer, weight.name, to_text(weight.shape), _producer(model, layer))


def _producer(model: Model, layer: Layer) -> Layer | None:
    """The layer that makes the only input of a layer, in its last call."""
    producer = None
    for inner in model.all_models:
        for caller, call, _ in inner.calls():
            if caller is layer and isinstance(call.inputs, TensorRef):
                producer = inner.producer(call.inputs) or producer
    return producer


def _finding(layer: Layer, weight: str, shape: str, producer: Layer | None) -> Finding:
    inputs = to_text(layer.calls[0].inputs)
    makes_features = producer is not None and producer.class_name in ("Flatten", "Reshape")
    instead = f", or pool over time instead of '{producer.name}'" if producer is not None and makes_features else ""
    return Finding(
        location=location_of(layer),
        message=f"its {weight} would be {shape}, because the input {inputs} leaves that dimension open",
        help=f"fix the open axis in the model's input{instead}",
        related=(Related(location_of(producer), f"gives {to_text(producer.outputs)}"),) if producer is not None else (),
    )
