"""A dropout layer is the last of the model, so it drops predictions in training.

## Why it matters

Dropout hides a part of the input of the next layer. Behind the last layer there is no next layer: in training a share
of the predictions is set to 0, the others are scaled up, and the loss is computed from these values. The model is
punished at random for right predictions, and learns to predict too much. The dropout belongs before the last Dense.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.2}}]},
 "compile_config": {"loss": "mse", "optimizer": "adam"}}
```

```console
$ lstmlint check example.json
example.json:6:3: warning[dropout-at-output]: dropout: drops 0.2 of the model's own predictions in training
    help: move 'dropout' before the last layer with weights
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.2}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]},
 "compile_config": {"loss": "mse", "optimizer": "adam"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The end of a nested model is not an output. A file without a training record may be an encoder on which another model
builds, so there it is only a note.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import LINEAR, named, number_in, producers
from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.training import record
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.graph import TensorRef, references
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import Values, traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if model.graph is None:
        return
    for reference in references(model.graph.outputs):
        layer = _last_dropout(model, reference)
        if layer is not None:
            yield Finding(
                location=location_of(layer),
                message=f"drops {layer.config['rate']:g} of the model's own predictions in training",
                help=f"move '{layer.name}' before the last layer with weights",
                severity=None if record(model.document) else Severity.NOTE,
            )


def _last_dropout(model: Model, reference: TensorRef) -> Layer | None:
    """The last dropout, where all layers behind it leave every value unchanged."""
    for layer in producers(model, reference):
        if traits_of(layer.class_name).only_drops:
            return layer if 0 < (number_in(layer.config.get("rate")) or 0) < 1 else None
        is_linear = layer.class_name == "Activation" and named(layer.config.get("activation")) == LINEAR
        if not is_linear and traits_of(layer.class_name).values is not Values.MOVED:
            return None
    return None
