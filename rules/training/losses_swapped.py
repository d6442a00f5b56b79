"""Two outputs have the losses of each other.

## Why it matters

A list of losses goes by the order of the outputs. With the list turned round a softmax over classes gets the loss for
numbers, and the number gets the loss for classes, which is 0 for a single value whatever it is. `compile` and `fit`
take it, and the printed sum of the losses falls.

## Example

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 4]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "label", "config": {"name": "label", "units": 6, "activation": "softmax"},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "price", "config": {"name": "price", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["label", 0, 0], ["price", 0, 0]]},
 "compile_config": {"optimizer": "adam", "loss": ["mse", "categorical_crossentropy"]}}
```

```console
$ lstmlint check example.json
example.json:7:3: error[losses-swapped]: label: has the loss mean_squared_error, which fits 'price', whose \
categorical_crossentropy fits 'label' (and 1 more layer and 1 more rule)
    see: example.json:9:3: price: has the loss categorical_crossentropy
    see: example.json:12:51: training: the losses
    see: example.json:9:3: price: single-unit-categorical: has 1 output, (None, 1), on which categorical_crossentropy \
is 0 for every input
    help: compile with categorical_crossentropy for 'label', mean_squared_error for 'price'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 4]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "label", "config": {"name": "label", "units": 6, "activation": "softmax"},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "price", "config": {"name": "price", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["label", 0, 0], ["price", 0, 0]]},
 "compile_config": {"optimizer": "adam", "loss": ["categorical_crossentropy", "mse"]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Two outputs are reported if each loss misfits its own output and fits the other one. Losses that misfit alone are for
`crossentropy-activation-mismatch` and `single-unit-categorical`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation
from lstmlint.analyses.training import Loss, Output, location_in_record, outputs
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.compiled import BINARY_CROSSENTROPIES, CATEGORICAL_CROSSENTROPIES, REGRESSION_LOSSES
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for one, other in combinations(outputs(model), 2):
        if not isinstance(one.loss, Loss) or not isinstance(other.loss, Loss):
            continue
        if _are_swapped(one, one.loss, other, other.loss):
            yield Finding(
                location=one.location,
                message=f"has the loss {one.loss.name}, which fits '{other.layer.name}', "
                f"whose {other.loss.name} fits '{one.layer.name}'",
                help=f"compile with {other.loss.name} for '{one.layer.name}', {one.loss.name} for '{other.layer.name}'",
                related=(
                    Related(other.location, f"has the loss {other.loss.name}"),
                    Related(location_in_record(model.document, one.loss.steps), "the losses"),
                ),
            )


def _are_swapped(one: Output, own: Loss, other: Output, others: Loss) -> bool:
    return (
        _fits(one, own) is False
        and _fits(other, others) is False
        and bool(_fits(one, others))
        and bool(_fits(other, own))
    )


def _fits(output: Output, loss: Loss) -> bool | None:
    """Whether a loss is usual for an output; `None` where it may be either."""
    activation, width = output.activation, output.width
    if not isinstance(activation, Activation) or not isinstance(width, int) or loss.from_logits:
        return None
    is_distribution = activation.name in DISTRIBUTIONS and width > 1
    if loss.name in CATEGORICAL_CROSSENTROPIES:
        return is_distribution
    if loss.name in BINARY_CROSSENTROPIES:
        return activation.range == (0, 1) and not is_distribution
    if loss.name in REGRESSION_LOSSES:
        return None if activation.range == (0, 1) and not is_distribution else not is_distribution
    return None
