"""A layer with go_backwards returns its sequence in reversed order of time.

## Why it matters

With `go_backwards=True` the first step of the output belongs to the last step of the input, and Keras does not reverse
the output again (Keras issue 1431); only `Bidirectional` does so for its backward layer. A sequence that is merged or
compared with it step by step then belongs to other times. Converters have got it wrong as well (keras-onnx issue 523,
TVM issue 15261).

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
example.json:3:90: note[go-backwards-sequence-order]: from_the_end: returns its sequence in reversed order: the first \
step of its output belongs to the last step of its input
    help: reverse the output of 'from_the_end' with keras.backend.reverse(x, 1), or use Bidirectional
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

A layer is not reported where a Lambda, an operation or a custom layer right behind it may reverse the sequence again.
Nor are two such layers in a row, since the second one restores the order.
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
    if any(_may_reverse(reader) for reader in _readers(model, layer)) or any(map(_may_reverse, _sources(model, layer))):
        return
    yield Finding(
        location=Location(layer.full_name, (*layer.pointer, "config", "go_backwards")),
        message="returns its sequence in reversed order: the first step of its output belongs to the last step of its "
        "input",
        help=f"reverse the output of '{layer.name}' with {_reversal(model)}, or use Bidirectional",
    )


def _reversal(model: Model) -> str:
    """The call that reverses a sequence in the Keras of the file."""
    has_operations = model.graph is not None and model.graph.semantics.has_operations
    return "keras.ops.flip(x, axis=1)" if has_operations else "keras.backend.reverse(x, 1)"


def _readers(model: Model, layer: Layer) -> Iterator[Layer]:
    """The layers that read the output of a layer."""
    for reader, call, _ in model.calls():
        if any(reference.layer == layer.name for reference in call.references()):
            yield reader


def _sources(model: Model, layer: Layer) -> Iterator[Layer]:
    """The layers whose output a layer reads."""
    for call in layer.node.calls:
        for reference in references(call.inputs):
            producer = model.producer(reference)
            if producer is not None:
                yield producer


def _may_reverse(layer: Layer) -> bool:
    name = layer.class_name
    is_foreign = layer.node.is_custom or name not in layer_types() or name.startswith(OPERATION)
    turns = bool(layer.config.get("go_backwards")) and bool(layer.config.get("return_sequences"))
    return layer.model is None and (is_foreign or turns or traits_of(name).calls_function)
