"""Labels are smoothed so much that the loss punishes a right prediction.

## Why it matters

`label_smoothing` gives a share of each target to all classes alike. With 0.9 and 6 classes the target of the right
class is 0.25 and that of each other 0.15. In Keras 3.15.1 the loss of a nearly certain right prediction (0.98) is
then 4.3, and that of equal shares for all classes only 1.8; with 0.1 they are 0.5 and 1.8. So the model learns to
know nothing.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "label", "units": 6, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": {"module": "keras.losses", "class_name": "CategoricalCrossentropy",
   "config": {"label_smoothing": 0.9}}}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[label-smoothing-range]: label: is trained with label_smoothing=0.9, so its right class gets \
little more than the others
    see: example.json:6:50: training: the loss is categorical_crossentropy
    help: smooth the labels by 0.1 or less
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "label", "units": 6, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": {"module": "keras.losses", "class_name": "CategoricalCrossentropy",
   "config": {"label_smoothing": 0.1}}}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `max` (share, default 0.4): a larger smoothing is reported.

## Known limits

Custom losses are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import number_in
from lstmlint.analyses.limits import exceeds
from lstmlint.analyses.training import Loss, location_in_record, outputs
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule

KEY = "label_smoothing"


@dataclass(frozen=True, slots=True)
class Options:
    """The largest smoothing that is not reported."""

    max: float = 0.4


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for output in outputs(model):
        smoothing = number_in(output.loss.config.get(KEY)) if isinstance(output.loss, Loss) else None
        if isinstance(output.loss, Loss) and smoothing is not None and exceeds(smoothing, options.max):
            place = location_in_record(model.document, output.loss.steps)
            yield Finding(
                location=output.location,
                message=f"is trained with {KEY}={smoothing:g}, so its right class gets little more than the others",
                help="smooth the labels by 0.1 or less",
                related=(Related(place, f"the loss is {output.loss.name}"),),
            )
