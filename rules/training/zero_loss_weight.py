"""An output has a loss, but its weight is 0.

## Why it matters

The losses of a model are multiplied by `loss_weights` and added. With a weight of 0 an output adds nothing, so its
own layers get no gradient: in Keras 3.15.1 a head with weight 0 has after training the very weights with which it
started, and its metrics are printed all the same.

## Example

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 4]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "price", "config": {"name": "price", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "rises", "config": {"name": "rises", "units": 1, "activation": "sigmoid"},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["price", 0, 0], ["rises", 0, 0]]},
 "compile_config": {"optimizer": "adam", "loss": ["mse", "binary_crossentropy"], "loss_weights": [1.0, 0.0]}}
```

```console
$ lstmlint check example.json
example.json:9:3: warning[zero-loss-weight]: rises: is not trained: its binary_crossentropy has the weight 0
    see: example.json:12:104: training: the weights of the losses
    help: give it a weight above 0, or take its loss away
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 4]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "price", "config": {"name": "price", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "rises", "config": {"name": "rises", "units": 1, "activation": "sigmoid"},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["price", 0, 0], ["rises", 0, 0]]},
 "compile_config": {"optimizer": "adam", "loss": ["mse", "binary_crossentropy"], "loss_weights": [1.0, 0.2]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A program may change the weights while it trains; the file holds those of `compile`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import number_in
from lstmlint.analyses.training import Loss, location_in_record, loss_weights, outputs
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    made, weights = list(outputs(model)), loss_weights(model)
    for output, (weight, steps) in zip(made, weights, strict=True) if len(made) == len(weights) else ():
        if number_in(weight) == 0 and isinstance(output.loss, Loss):
            yield Finding(
                location=output.location,
                message=f"is not trained: its {output.loss.name} has the weight 0",
                help="give it a weight above 0, or take its loss away",
                related=(Related(location_in_record(model.document, steps), "the weights of the losses"),),
            )
