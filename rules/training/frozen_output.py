"""The last layer of a model that is trained is frozen, or every layer is.

## Why it matters

A frozen layer keeps its weights. Fine-tuning freezes the first layers and trains the last. With only the last layer
frozen the others must learn whatever its initial random numbers happen to want: a Dense of one unit scales what comes
and adds 0, for ever. With all layers frozen `fit` runs, prints a loss, and changes nothing.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1, "trainable": false}}]},
 "compile_config": {"optimizer": "adam", "loss": "mse"}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[frozen-output]: next_day: makes the output and is frozen, so its 33 parameters are never \
learned
    help: set trainable=True on 'next_day', before compile
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]},
 "compile_config": {"optimizer": "adam", "loss": "mse"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A last layer is reported where the layer that feeds it is trained and all other layers are. A nested model that is
frozen as a whole, as the critic of a GAN, is not. Only compiled models are judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.training import Loss, outputs, record
from lstmlint.ir.finding import Confidence, Finding, Location, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if not record(model.document).get("loss"):
        return
    if model.trainable_params == 0 and isinstance(model.params, int) and model.params > 0:
        yield Finding(
            location=Location(model.name),
            message=f"is compiled with a loss, but all its {model.params:,} parameters are frozen",
            help="set trainable=True on the layers to train, before compile",
            severity=Severity.NOTE,
        )
        return
    ends = {id(output.layer): output.layer for output in outputs(model) if isinstance(output.loss, Loss)}
    weighted = [layer for layer in model.layers if not isinstance(layer.params, Unknown) and layer.params > 0]
    frozen = [layer for layer in weighted if not layer.node.is_trainable]
    for layer in ends.values():
        if frozen == [layer] and len(weighted) > 1 and not model.is_frozen:
            yield _finding(layer)


def _finding(layer: Layer) -> Finding:
    return Finding(
        location=location_of(layer),
        message=f"makes the output and is frozen, so its {layer.params:,} parameters are never learned",
        help=f"set trainable=True on '{layer.name}', before compile",
    )
