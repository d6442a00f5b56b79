"""A hidden layer ends in softmax.

## Why it matters

Softmax makes the units of a layer share 1, so 32 units have about 0.03 each, none is negative, and where one rises
the others fall. That is right for classes at an output, and for weights of attention, but a layer behind it gets
little to work with: on an easy series a Dense of 32 with softmax ended at a loss of 1.38 to 1.54, with relu or tanh
at 0.009 to 0.017 (30 epochs, three seeds, Keras 3.15.1).

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "hidden", "units": 32, "activation": "softmax"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:5:83: warning[softmax-hidden]: hidden: ends in softmax, so its units share 1, but 'next_day' reads them \
as features
    see: example.json:6:3: next_day: reads it
    help: set activation='relu' on 'hidden'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "hidden", "units": 32, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A softmax is reported where only layers with a kernel read it. A softmax that is multiplied with other values is
attention or a choice among experts, and right. Layers that keep values may lie between.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation, own_activation
from lstmlint.analyses.cures import with_activation
from lstmlint.analyses.reading import read_by
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer in inner.layers:
            activation = own_activation(layer) if not layer.node.is_custom else None
            if not isinstance(activation, Activation) or activation.name not in DISTRIBUTIONS or activation.is_gated:
                continue
            readers = read_by(inner, layer)
            if readers and activation.axes == (-1,) and all(map(_has_kernel, readers)):
                yield _finding(activation, readers[0])


def _has_kernel(layer: Layer) -> bool:
    """Whether a layer multiplies its input by a kernel; a table of an Embedding looks rows up."""
    core = layer.children.get("forward", layer.children.get("layer", layer))
    traits = traits_of(core.class_name)
    return traits.is_gated_layer or (traits.has_kernel and not traits.makes_mask)


def _finding(activation: Activation, reader: Layer) -> Finding:
    return Finding(
        location=activation.location,
        message=f"ends in {activation.name}, so its units share 1, but '{reader.name}' reads them as features",
        help=with_activation(activation, "relu", None),
        related=(Related(location_of(reader), "reads it"),),
    )
