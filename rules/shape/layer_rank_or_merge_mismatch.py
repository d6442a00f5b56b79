"""A layer is called on shapes that Keras refuses: the wrong rank, or tensors that do not fit together.

## Why it matters

Keras cannot build the model and stops at this layer, often with a message that names no layer at all. The usual sources
are JSON edited by hand and configs made by scripts. Recurrent layers on inputs of the wrong rank have rules of their
own (`missing-return-sequences`, `rnn-input-rank`), and so have layers of a Sequential after one with several outputs
(`multi-output-in-sequential`).

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": false}},
  {"class_name": "TimeDistributed", "config": {"name": "tags", "layer":
    {"class_name": "Dense", "config": {"name": "dense", "units": 5}}}}]}}
```

```console
$ lstmlint check example.json
example.json:4:3: error[layer-rank-or-merge-mismatch]: tags: expects an input of rank 3 or more and gets one of rank 2
    see: example.json:3:3: lstm: gives (None, 16)
    help: change the input of 'tags', or the layer itself, so that the shapes fit
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": true}},
  {"class_name": "TimeDistributed", "config": {"name": "tags", "layer":
    {"class_name": "Dense", "config": {"name": "dense", "units": 5}}}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Open and unknown dimensions fit every shape. Only the first refused call of a layer is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.outputs import many_outputs
from lstmlint.analyses.ranks import rank_mismatches
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.graph import references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    refused = [layer for layer in model.all_layers if any(call.conflict is not None for call in layer.calls)]
    if not refused:
        return
    reported_elsewhere = {mismatch.layer.pointer for mismatch in rank_mismatches(model)}
    reported_elsewhere |= {outputs.follower.pointer for outputs in many_outputs(model) if outputs.follower is not None}
    producers = {layer.pointer: list(_producers(inner, layer)) for inner in model.all_models for layer in inner.layers}
    for layer in refused:
        conflict = next(call.conflict for call in layer.calls if call.conflict is not None)
        if not any(layer.pointer[: len(place)] == place for place in reported_elsewhere):
            yield Finding(
                location=location_of(layer),
                message=conflict,
                help=f"change the input of '{layer.name}', or the layer itself, so that the shapes fit",
                related=tuple(
                    Related(location_of(producer), f"gives {to_text(producer.outputs)}")
                    for producer in producers.get(layer.pointer, [])
                ),
            )


def _help(layer: Layer) -> str:
    if layer.calls[0].conflict is None:
        return f"give '{layer.name}' inputs of one width, or call a layer of its own on the other"
    return f"change what reaches '{layer.name}', or the layer, so that the shapes fit"


def _producers(model: Model, layer: Layer) -> Iterator[Layer]:
    """The layers whose outputs are the inputs of a layer's first refused call."""
    for call, shapes in zip(layer.node.calls, layer.calls, strict=False):
        if shapes.conflict is not None:
            producers = (model.producer(reference) for reference in references(call.inputs))
            yield from (producer for producer in producers if producer is not None)
            return
