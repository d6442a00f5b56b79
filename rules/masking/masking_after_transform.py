"""A Masking layer comes after a layer that changes the padding values.

## Why it matters

`Masking` masks a step whose values are all exactly `mask_value`. Padding has exactly this value only in the data
itself. A Dense, convolution, recurrent layer or normalization adds a bias or a mean; then no step is exactly
`mask_value` any more, and the layer silently masks nothing. Behind a `relu` it may even mask real steps: those whose
features are all cut off to zero.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "sensors", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 50, 6]}},
  {"class_name": "BatchNormalization", "config": {"name": "scale"}},
  {"class_name": "Masking", "config": {"name": "masking", "mask_value": 0.0}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}}]}}
```

```console
$ lstmlint check example.json
example.json:4:3: warning[masking-after-transform]: masking: masks steps that are exactly 0.0, but 'scale' before it \
changes the values, so padding is not recognised
    see: example.json:3:3: scale: BatchNormalization changes values
    help: move 'masking' to the input, before 'scale'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "sensors", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 50, 6]}},
  {"class_name": "Masking", "config": {"name": "masking", "mask_value": 0.0}},
  {"class_name": "BatchNormalization", "config": {"name": "scale"}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Layers that map zero to zero are not reported with `mask_value` 0: a Dense or convolution without bias, a
LayerNormalization without `center`, a recurrent layer with `zero_output_for_mask`. `Rescaling` is not judged, since its
result for the padding is a fixed value that `mask_value` can name. Nor is an `Embedding`: the row of the padding stays
zero as long as it is masked. Behind a Lambda or a custom layer the values are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.values import changed_before
from lstmlint.ir.finding import Confidence, Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer, call, _ in inner.calls():
            if layer.class_name != "Masking" or layer.node.is_custom:
                continue
            value = layer.config.get("mask_value")
            changed = changed_before(inner, call, keeps_zero=value == 0)
            if isinstance(changed, Unknown):
                yield Unjudged(location_of(layer), changed)
            elif changed is not None:
                yield _finding(layer, changed, value)


def _finding(layer: Layer, changed: Layer, value: object) -> Finding:
    return Finding(
        location=location_of(layer),
        message=f"masks steps that are exactly {value}, but '{changed.full_name}' before it changes the values, "
        "so padding is not recognised",
        help=f"move '{layer.name}' to the input, before '{changed.name}'",
        related=(Related(location_of(changed), f"{changed.class_name} changes values"),),
    )
