"""The loss takes the output for logits, but the activation of the output gives probabilities.

## Why it matters

With `from_logits=True` the loss itself applies softmax or sigmoid. A second softmax over probabilities, which lie
between 0 and 1, gives at most `e / (e + n - 1)`: with two classes 0.73, however sure the model is. So the loss cannot
fall below a limit. On a toy task in Keras 3.15.1 on JAX it stopped at 0.34 instead of 0.026 (softmax) and at 0.53
instead of 0.07 (sigmoid).

Keras on TensorFlow uses the logits from before the activation, warns, and trains well; JAX and PyTorch do not. So the
same script trains differently after a change of backend. This is an error where the file names the backend jax or
torch, and a warning otherwise.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1", "backend": "jax",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "label", "units": 5, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": {"module": "keras.losses", "class_name": "CategoricalCrossentropy",
  "config": {"from_logits": true}}}}
```

```console
$ lstmlint check example.json
example.json:5:3: error[from-logits-on-probabilities]: label: ends in softmax, but is compiled with \
categorical_crossentropy with from_logits=True, which applies softmax again: a probability of 1 becomes 0.40
    see: example.json:6:50: training: takes the output for logits
    help: drop the activation of 'label', or compile without from_logits
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1", "backend": "jax",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "label", "units": 5}}]},
 "compile_config": {"optimizer": "adam", "loss": {"module": "keras.losses", "class_name": "CategoricalCrossentropy",
  "config": {"from_logits": true}}}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A `.keras` file does not name the backend on which it was trained. Custom losses and activations are not judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from lstmlint.analyses.activations import Activation, greatest_probability
from lstmlint.analyses.cures import without_activation
from lstmlint.analyses.training import Loss, Output, location_in_record, outputs
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.compiled import BINARY_CROSSENTROPIES
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Activations that give probabilities.
PROBABILITIES = frozenset({"softmax", "sigmoid", "hard_sigmoid", "sparsemax", "sparse_sigmoid"})

#: Backends that do not use the logits from before the activation.
LITERAL_BACKENDS = frozenset({"jax", "torch"})


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for output in outputs(model):
        loss, activation = output.loss, output.activation
        if not isinstance(loss, Loss) or not loss.from_logits or not isinstance(activation, Activation):
            continue
        if activation.name in PROBABILITIES and not output.has_faulty_softmax:
            yield _finding(model, output, loss, activation)


def _finding(model: Model, output: Output, loss: Loss, activation: Activation) -> Finding:
    is_literal = model.document.backend in LITERAL_BACKENDS
    return Finding(
        location=output.location,
        message=f"ends in {activation.name}, but is compiled with {loss.text}, which applies {_second(loss)} again"
        f"{_ceiling(output, loss) if is_literal else ''}",
        help=f"{without_activation(activation)}, or compile without from_logits",
        related=(Related(location_in_record(model.document, loss.steps), "takes the output for logits"),),
        severity=Severity.ERROR if is_literal else None,
    )


def _second(loss: Loss) -> str:
    return "sigmoid" if loss.name in BINARY_CROSSENTROPIES else "softmax"


def _ceiling(output: Output, loss: Loss) -> str:
    """The part of the message that states the value which the second activation makes of a probability of 1."""
    if loss.name in BINARY_CROSSENTROPIES:
        return f": a probability of 1 becomes {1 / (1 + math.exp(-1)):.2f}, one of 0 becomes 0.50"
    most = greatest_probability(0, 1, output.width)
    return "" if most is None else f": a probability of 1 becomes {most:.2f}"
