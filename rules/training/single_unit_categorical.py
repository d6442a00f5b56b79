"""A categorical crossentropy on a single output is 0 for every input.

## Why it matters

A categorical crossentropy divides the outputs by their sum over the classes. With one class the result is 1.0, whose
logarithm is 0: the loss is 0 from the first batch, and no weight changes. It looks like a model that has learned
everything at once. One output answers a question of yes or no, for which binary_crossentropy is made.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "fault", "layers": [
  {"class_name": "InputLayer", "config": {"name": "sensors", "batch_shape": [null, 30, 4]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "is_faulty", "units": 1, "activation": "sigmoid"}}]},
 "compile_config": {"optimizer": "adam", "loss": "categorical_crossentropy"}}
```

```console
$ lstmlint check example.json
example.json:5:3: error[single-unit-categorical]: is_faulty: has 1 output, (None, 1), on which \
categorical_crossentropy is 0 for every input
    see: example.json:6:50: training: the loss is categorical_crossentropy
    help: compile with binary_crossentropy
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "fault", "layers": [
  {"class_name": "InputLayer", "config": {"name": "sensors", "batch_shape": [null, 30, 4]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "is_faulty", "units": 1, "activation": "sigmoid"}}]},
 "compile_config": {"optimizer": "adam", "loss": "binary_crossentropy"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

`softmax-single-unit` reports a softmax on the single output, whatever the loss is. Keras 2.15 refuses
sparse_categorical_crossentropy with labels other than 0 here; the other cases train without a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation
from lstmlint.analyses.cures import with_activation
from lstmlint.analyses.training import Loss, Output, location_in_record, outputs
from lstmlint.ir.finding import Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.keras.compiled import CATEGORICAL_CROSSENTROPIES
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for output in outputs(model):
        loss = output.loss
        if not isinstance(loss, Loss) or loss.name not in CATEGORICAL_CROSSENTROPIES or not loss.is_along_last_axis:
            continue
        if isinstance(output.width, Unknown):
            yield Unjudged(output.location, output.width)
        elif output.width == 1 and not _is_softmax(output):
            yield _finding(model, output, loss)


def _is_softmax(output: Output) -> bool:
    activation = output.activation
    return isinstance(activation, Activation) and activation.name in DISTRIBUTIONS and not activation.is_gated


def _cure(output: Output) -> str:
    activation, cure = output.activation, "compile with binary_crossentropy"
    if not isinstance(activation, Activation) or activation.range == (0, 1):
        return cure
    return f"{cure}, and {with_activation(activation, 'sigmoid', 1)}"


def _finding(model: Model, output: Output, loss: Loss) -> Finding:
    return Finding(
        location=output.location,
        message=f"has 1 output, {to_text(output.shape)}, on which {loss.name} is 0 for every input",
        help=_cure(output),
        related=(Related(location_in_record(model.document, loss.steps), f"the loss is {loss.name}"),),
    )
