"""The activation of an output does not give probabilities, but its crossentropy needs them.

## Why it matters

Without `from_logits`, a crossentropy expects probabilities. Keras divides the outputs by their sum and clips values
outside of 0 to 1; a clipped value has no gradient. So an output without activation learns nothing from a sample whose
right class is negative. On one toy task Keras 2.15 went from 0.46 to 0.07 accuracy in fifteen epochs, and its loss rose
from 2.97 to 4.70. Three of 232 public recurrent models end so.

| loss | activation | what happens | severity |
|---|---|---|---|
| categorical | none, relu, tanh, elu, ... | clipped values have no gradient, training may go backwards | error |
| categorical | sigmoid, softplus, exponential | trains, but the predictions do not add up to 1 | warning |
| binary | none, relu, tanh, ... | clipped values have no gradient, predictions are no probabilities | warning |
| binary | softmax over 3 or more classes | `binary_accuracy` counts every class alone and is far too high | warning |

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "label", "units": 5}}]},
 "compile_config": {"optimizer": "adam", "loss": "categorical_crossentropy"}}
```

```console
$ lstmlint check example.json
example.json:5:3: error[crossentropy-activation-mismatch]: label: has no activation, but is compiled with \
categorical_crossentropy, and Keras clips values that are no probabilities, which stops their gradient
    see: example.json:6:50: training: the loss is categorical_crossentropy
    help: set activation='softmax' on 'label', or give the loss from_logits=True
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "label", "units": 5, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": "categorical_crossentropy"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

The other cure is `from_logits=True` in the loss, and a softmax where the predictions are used. Behind a recurrent
layer the cure is a Dense with the activation: a softmax inside an LSTM is multiplied by its gates and no longer adds up
to 1, which `gated-softmax` reports.

## Known limits

Custom losses and activations are not judged, nor are outputs of a layer without an activation (normalization, merging,
Lambda), nor a loss over another axis than the last. Softmax over 2 classes with binary_crossentropy gives exactly the
loss of categorical_crossentropy and is not reported. Keras 2.3 and older take `accuracy` for `binary_accuracy` with a
binary loss; later versions do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import DISTRIBUTIONS, LINEAR, Activation
from lstmlint.analyses.cures import with_activation
from lstmlint.analyses.training import Loss, Output, location_in_record, outputs
from lstmlint.ir.finding import Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.compiled import BINARY_CROSSENTROPIES, CROSSENTROPIES
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Activations whose values are positive, so that dividing them by their sum gives probabilities.
POSITIVE = frozenset({"sigmoid", "hard_sigmoid", "sparse_sigmoid", "softplus", "squareplus", "exponential"})


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for output in outputs(model):
        loss, activation = output.loss, output.activation
        if not isinstance(loss, Loss) or isinstance(activation, Unknown):
            continue
        if loss.name not in CROSSENTROPIES or loss.from_logits or not loss.is_along_last_axis:
            continue
        if output.has_faulty_softmax:
            continue
        verdict = (
            _binary(output, activation) if loss.name in BINARY_CROSSENTROPIES else _categorical(output, activation)
        )
        if isinstance(verdict, Unknown):
            yield Unjudged(output.location, verdict)
        elif verdict is not None:
            severity, consequence = verdict
            yield _finding(model, output, loss, activation, severity, consequence)


def _categorical(output: Output, activation: Activation) -> tuple[Severity, str] | Unknown | None:
    if activation.name in DISTRIBUTIONS or output.width == 1:
        return None
    if isinstance(output.width, Unknown):
        return output.width
    if activation.name in POSITIVE:
        return Severity.WARNING, "so its predictions do not add up to 1"
    return Severity.ERROR, "and Keras clips values that are no probabilities, which stops their gradient"


def _binary(output: Output, activation: Activation) -> tuple[Severity, str] | Unknown | None:
    if activation.name in DISTRIBUTIONS:
        if isinstance(output.width, Unknown):
            return output.width
        if output.width is None or output.width <= 2:
            return None
        return Severity.WARNING, f"which judges each of the {output.width} classes alone"
    if activation.range == (0, 1):
        return None
    return Severity.WARNING, "and Keras clips values that are no probabilities, which stops their gradient"


def _finding(
    model: Model, output: Output, loss: Loss, activation: Activation, severity: Severity, consequence: str
) -> Finding:
    ends = "has no activation" if activation.name == LINEAR else f"ends in {activation.name}"
    return Finding(
        location=output.location,
        message=f"{ends}, but is compiled with {loss.name}, {consequence}",
        help=_cure(output, loss, activation),
        related=(Related(location_in_record(model.document, loss.steps), f"the loss is {loss.name}"),),
        severity=severity,
    )


def _cure(output: Output, loss: Loss, activation: Activation) -> str:
    wanted = "sigmoid" if loss.name in BINARY_CROSSENTROPIES else "softmax"
    cure = with_activation(activation, wanted, output.width)
    if loss.name in BINARY_CROSSENTROPIES and activation.name in DISTRIBUTIONS:
        return f"compile with categorical_crossentropy, or {cure} if several classes may hold at once"
    if activation.name == LINEAR:
        return f"{cure}, or give the loss from_logits=True"
    if activation.name in POSITIVE:
        return f"{cure}, or compile with binary_crossentropy if several classes may hold at once"
    return cure
