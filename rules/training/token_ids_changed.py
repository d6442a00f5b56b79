"""Ids of tokens are changed before the Embedding that looks them up.

## Why it matters

An Embedding takes whole numbers, each the row of a word. Dropout before it sets ids to 0 and multiplies the others,
so training reads rows of other words; Rescaling makes nearly all ids 0; a normalization or a Dense gives numbers that
are no ids at all. Keras cuts the fraction off and looks up what is left. Ids beyond the last row are no error on JAX
and on a GPU.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "review", "layers": [
  {"class_name": "InputLayer", "config": {"name": "ids", "batch_shape": [null, 40]}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.2}},
  {"class_name": "Embedding", "config": {"name": "words", "input_dim": 5000, "output_dim": 32}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "label", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
example.json:4:3: warning[token-ids-changed]: dropout: changes numbers that 'words' takes for ids of tokens
    see: example.json:5:3: words: looks up rows 0 to 4,999
    help: move 'dropout' behind 'words'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "review", "layers": [
  {"class_name": "InputLayer", "config": {"name": "ids", "batch_shape": [null, 40]}},
  {"class_name": "Embedding", "config": {"name": "words", "input_dim": 5000, "output_dim": 32}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "label", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Layers between an input or a lookup and an Embedding are judged, behind Reshape and the like. A comparison, a Lambda
or an operation may make new ids, and is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import is_inert
from lstmlint.analyses.sequences import location_of, source
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import Values, traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Layers whose values are no whole numbers, whatever their input.
RESCALES = frozenset({"Rescaling"})


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer, call, _ in inner.calls():
            if layer.class_name != "Embedding" or layer.node.is_custom:
                continue
            origin = source(inner, call.inputs, _leaves_ids)
            if origin is not None and _changes(origin[1]):
                yield _finding(layer, origin[1])


def _leaves_ids(layer: Layer) -> bool:
    """Whether every id stays an id, in training as well."""
    is_moved = traits_of(layer.class_name).values in (Values.MOVED, Values.KEPT)
    return is_moved and not _disturbs(layer) and not layer.node.is_custom


def _disturbs(layer: Layer) -> bool:
    """Whether a layer drops or disturbs values in training."""
    traits = traits_of(layer.class_name)
    rates = [layer.config.get(key) for key in traits.drops]
    return is_inert(layer) and (any(rates) or layer.class_name == "GaussianNoise")


def _changes(layer: Layer) -> bool:
    traits = traits_of(layer.class_name)
    return not layer.node.is_custom and (
        _disturbs(layer)
        or traits.normalizes
        or layer.class_name in RESCALES
        or (traits.applies_activation and traits.has_kernel)
    )


def _finding(layer: Layer, changed: Layer) -> Finding:
    return Finding(
        location=location_of(changed),
        message=f"changes numbers that '{layer.name}' takes for ids of tokens",
        help=f"move '{changed.name}' behind '{layer.name}'",
        related=(Related(location_of(layer), f"looks up rows 0 to {layer.config.get('input_dim', 0) - 1:,}"),)
        if isinstance(layer.config.get("input_dim"), int)
        else (),
    )
