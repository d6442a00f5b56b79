"""A layer with go_backwards returns its sequence in reversed time.

## Why it matters

With `go_backwards=True` the first step of the output belongs to the last step of the input, and Keras does not turn
it around again (Keras issue 1431); only `Bidirectional` does so for its backward layer. What is merged with it, or
compared to it step by step, is of another time. Converters have got it wrong as well (keras-onnx issue 523, TVM issue
15261).

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "sentence", "batch_input_shape": [null, 20, 8]}},
  {"class_name": "LSTM", "config": {"name": "from_the_end", "units": 16, "go_backwards": true, \
"return_sequences": true}},
  {"class_name": "Dense", "config": {"name": "tags", "units": 5, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
example.json:3:90: note[go-backwards-sequence-order]: from_the_end: returns its sequence in reversed time: the first \
step of its output is that of the last input
    help: turn the output of 'from_the_end' around (keras.backend.reverse(x, 1)), or use Bidirectional
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "sentence", "batch_input_shape": [null, 20, 8]}},
  {"class_name": "Bidirectional", "config": {"name": "both_ways", "layer": {"class_name": "LSTM", \
"config": {"name": "lstm", "units": 16, "return_sequences": true}}}},
  {"class_name": "Dense", "config": {"name": "tags", "units": 5, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A Lambda, operation or custom layer right behind the layer may turn the sequence around again; then nothing is said.
Two such layers in a row are in order again and only the first is looked at, so neither is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import sequence_calls
from lstmlint.inference.layers import layer_types
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.graph import OPERATION, references
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.NOTE)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer in dict.fromkeys(call.layer.name for call in sequence_calls(inner)):
            yield from _judge(inner, inner.by_name[layer])


def _judge(model: Model, layer: Layer) -> Iterator[Judgement]:
    is_reversed = layer.class_name != "Bidirectional" and layer.config.get("go_backwards")
    if not is_reversed or not layer.config.get("return_sequences"):
        return
    if any(_may_turn(reader) for reader in _readers(model, layer)) or any(map(_may_turn, _sources(model, layer))):
        return
    yield Finding(
        location=Location(layer.full_name, (*layer.pointer, "config", "go_backwards")),
        message="returns its sequence in reversed time: the first step of its output is that of the last input",
        help=f"turn the output of '{layer.name}' around ({_turned(model)}), or use Bidirectional",
    )


def _turned(model: Model) -> str:
    """How the Keras of a file turns a sequence around."""
    has_operations = model.graph is not None and model.graph.semantics.has_operations
    return "keras.ops.flip(x, axis=1)" if has_operations else "keras.backend.reverse(x, 1)"


def _readers(model: Model, layer: Layer) -> Iterator[Layer]:
    """The layers that get the output of a layer."""
    for reader, call, _ in model.calls():
        if any(reference.layer == layer.name for reference in call.references()):
            yield reader


def _sources(model: Model, layer: Layer) -> Iterator[Layer]:
    """The layers whose output a layer gets."""
    for call in layer.node.calls:
        for reference in references(call.inputs):
            producer = model.producer(reference)
            if producer is not None:
                yield producer


def _may_turn(layer: Layer) -> bool:
    name = layer.class_name
    is_foreign = layer.node.is_custom or name not in layer_types() or name.startswith(OPERATION)
    turns = bool(layer.config.get("go_backwards")) and bool(layer.config.get("return_sequences"))
    return layer.model is None and (is_foreign or turns or traits_of(name).calls_function)
