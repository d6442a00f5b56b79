"""Batch normalization over sequences of open length counts their padding.

## Why it matters

BatchNormalization takes the mean and the variance over all timesteps of all sequences of a batch. Sequences of
different lengths are padded, and the padding changes both numbers, unless a mask reaches the layer: Keras 2.15 and 3
use the mask, older versions do not. The amount of padding differs between training and use. LayerNormalization
normalizes each timestep alone. All sequences may have one length, so this rule is for `--persona pedantic`.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, null, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": true}},
  {"class_name": "BatchNormalization", "config": {"name": "norm"}},
  {"class_name": "Dense", "config": {"name": "tag", "units": 5, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json --persona pedantic
example.json:4:3: note[batchnorm-after-sequence]: norm: takes its statistics over sequences of open length, (None, \
None, 16), with their padding
    see: example.json:3:3: lstm: gives the sequences
    help: use LayerNormalization instead of 'norm'
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, null, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_sequences": true}},
  {"class_name": "LayerNormalization", "config": {"name": "norm"}},
  {"class_name": "Dense", "config": {"name": "tag", "units": 5, "activation": "softmax"}}]}}
```

```console
$ lstmlint check example.json --persona pedantic
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Sequences of a fixed length may be padded, too, but are not reported. Nor is a layer that a mask reaches.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import is_inert, producers
from lstmlint.analyses.sequences import location_of, recurrent_core
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.graph import TensorRef
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import first, is_dims, to_text
from lstmlint.linting.rule import Judgement, NoOptions, Persona, rule


@rule(Severity.NOTE, Confidence.HEURISTIC, Persona.PEDANTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer, call, shapes in inner.calls():
            if layer.class_name != "BatchNormalization" or not isinstance(call.inputs, TensorRef):
                continue
            recurrent = _recurrent_before(inner, call.inputs)
            sequence = first(shapes.inputs)
            if recurrent is not None and is_dims(sequence) and len(sequence) == 3 and sequence[1] is None:
                yield Finding(
                    location=location_of(layer),
                    message=f"takes its statistics over sequences of open length, {to_text(sequence)}, "
                    "with their padding",
                    help=f"use LayerNormalization instead of '{layer.name}'",
                    related=(Related(location_of(recurrent), "gives the sequences"),),
                )


def _recurrent_before(model: Model, reference: TensorRef) -> Layer | None:
    for layer in producers(model, reference):
        if recurrent_core(layer) is not None:
            return layer
        if not is_inert(layer):
            return None
    return None
