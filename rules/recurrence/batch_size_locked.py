"""The input fixes the batch size.

## Why it matters

A stateful layer makes the batch size a part of the model: the layer keeps one state for each row, and every later call,
also for a prediction, needs exactly as many rows. With a stateful LSTM on batches of 8, Keras 3.15 and 2.3.1 fail on
any other batch. Keras 2.15 fails as well, except on a single row, for which it silently gives 8 rows. The prediction of
one sequence needs a second model with a batch of 1 and the same weights (Stack Overflow 48491737).

Without a stateful layer no layer needs a fixed batch size, and it is usually a leftover. Keras 2.15 and 3.15 then take
any batch; Keras 2.3.1 and most converted models take only the fixed one.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stream", "layers": [
  {"class_name": "InputLayer", "config": {"name": "chunk", "batch_input_shape": [8, 20, 4]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "stateful": true}}]}}
```

```console
$ lstmlint check example.json
example.json:2:3: note[batch-size-locked]: chunk: fixes the batch size, (8, 20, 4), and 'lstm' is stateful, so every \
prediction needs exactly 8 rows
    see: example.json:3:3: lstm: keeps one state for each row
    help: to predict other batches, build the model again with another batch size and copy the weights with \
set_weights()
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "stream", "layers": [
  {"class_name": "InputLayer", "config": {"name": "chunk", "batch_input_shape": [null, 20, 4]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A batch of 1 without a stateful layer is not reported: models for small devices are exported so. Only the first of
several inputs is named. No saved file tells whether a caller resets the states, or shuffles sequences that should stay
in order. Models without a recurrent layer are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of, recurrent_layers
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import is_dims, to_text
from lstmlint.ir.words import counted
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.NOTE)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    recurrent = list(recurrent_layers(model))
    stateful = next((layer for layer in recurrent if layer.config.get("stateful")), None)
    inputs = ((layer, layer.outputs) for layer in model.layers if layer.class_name == "InputLayer" and recurrent)
    for layer, shape in inputs:
        batch = shape[0] if is_dims(shape) and shape else None
        if isinstance(batch, int) and (stateful is not None or batch > 1):
            yield _of_stateful(layer, batch, stateful) if stateful is not None else _left_over(layer, batch)
            return


def _of_stateful(layer: Layer, batch: int, stateful: Layer) -> Finding:
    rows = counted(batch, "row")
    return Finding(
        location=location_of(layer),
        message=f"fixes the batch size, {to_text(layer.outputs)}, and '{stateful.full_name}' is stateful, "
        f"so every prediction needs exactly {rows}",
        help="to predict other batches, build the model again with another batch size and copy the weights with "
        "set_weights()",
        related=(Related(location_of(stateful), "keeps one state for each row"),),
    )


def _left_over(layer: Layer, batch: int) -> Finding:
    return Finding(
        location=location_of(layer),
        message=f"fixes the batch size to {batch}, {to_text(layer.outputs)}, though no layer is stateful",
        help=f"leave the batch open in '{layer.name}' (shape instead of batch_shape), unless it is exported for one",
    )
