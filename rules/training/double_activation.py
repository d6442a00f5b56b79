"""An activation is applied to values that another activation has already limited.

## Why it matters

The second activation only gets values within the limits of the first. An LSTM with relu behind it shows half of its
range, since its negative values all become 0; the relu belongs on a Dense between the two, as the LSTM needs its own
activation. A softmax over limited values is worst. The exponential of a value between 0 and 1 lies between 1 and 2.7,
so none of ten classes can get a probability above `e / (e + 9)` = 0.23, and no training brings the loss below 1.46.
This is a warning at the model's output; all else is a note.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_input_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "label", "units": 10, "activation": "sigmoid"}},
  {"class_name": "Softmax", "config": {"name": "softmax"}}]}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[double-activation]: softmax: applies softmax to values that sigmoid has limited, so no \
probability of 10 can exceed 0.23
    see: example.json:4:82: label: applies sigmoid
    help: set activation='linear' on 'label', or delete 'softmax'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "activity", "layers": [
  {"class_name": "InputLayer", "config": {"name": "motion", "batch_input_shape": [null, 50, 6]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "label", "units": 10}},
  {"class_name": "Softmax", "config": {"name": "softmax"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Dropout, reshaping and nested models may lie between the two activations; other layers may not. Custom activations are
not judged. LeakyReLU, PReLU and similar layers limit nothing, so another activation behind them is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import (
    DISTRIBUTIONS,
    LINEAR,
    Activation,
    activation_of,
    applied,
    greatest_probability,
    own_activation,
    shape_of,
)
from lstmlint.analyses.cures import in_code, without_activation
from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.training import outputs
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.graph import LayerCall, TensorRef
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Activations that change nothing when they are repeated.
IDEMPOTENT = frozenset({"relu"})


@rule(Severity.NOTE, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    final = {output.activation.layer.pointer for output in outputs(model) if isinstance(output.activation, Activation)}
    for inner in model.all_models:
        for layer, call, _ in inner.calls():
            pair = _pair(inner, layer, call)
            if pair is not None:
                yield _finding(inner, *pair, call.inputs, is_output=layer.pointer in final)


def _pair(model: Model, layer: Layer, call: LayerCall) -> tuple[Activation, Activation] | None:
    """The activation of a layer's input and its own, where the layer only applies an activation."""
    if layer.class_name != "Activation" and not activation_of(layer.class_name):
        return None
    second = own_activation(layer)
    if not isinstance(second, Activation) or second.name == LINEAR or not isinstance(call.inputs, TensorRef):
        return None
    first = applied(model, call.inputs)
    if not isinstance(first, Activation) or not first.limits:
        return None
    return None if first.name == second.name and first.name in IDEMPOTENT else (first, second)


def _finding(model: Model, first: Activation, second: Activation, given: TensorRef, *, is_output: bool) -> Finding:
    is_harmful = is_output and second.name == "softmax"
    return Finding(
        location=location_of(second.layer),
        message=f"applies {second.name} to values that {first.name} has limited"
        + (_ceiling(model, first, second, given) if second.name == "softmax" else ""),
        help=_cure(first, second, is_output=is_output),
        related=(Related(first.location, f"applies {first.name}"),),
        severity=Severity.WARNING if is_harmful else None,
    )


def _cure(first: Activation, second: Activation, *, is_output: bool) -> str:
    """The cure that gives the second activation values without limits, or removes it.

    A recurrent layer keeps its activation, which bounds its state. A softmax inside a model stays, too, since it
    makes weights.
    """
    is_weight = second.name in DISTRIBUTIONS and first.name not in DISTRIBUTIONS and not is_output
    if first.is_of_own_layer or first.layer.class_name == "Activation":
        return f"delete '{first.layer.name}'" if is_weight else f"delete '{first.layer.name}' or '{second.layer.name}'"
    is_recurrent = traits_of(first.layer.class_name).is_gated_layer
    cure = without_activation(first) if is_recurrent else f"set activation='linear' on {in_code(first.layer)}"
    return cure if is_weight else f"{cure}, or delete '{second.layer.name}'"


def _ceiling(model: Model, first: Activation, second: Activation, given: TensorRef) -> str:
    """The greatest probability that a softmax can give, where the input limits it."""
    shape = shape_of(model, given)
    width = shape[-1] if isinstance(shape, tuple) and shape and second.axes == (-1,) else None
    most = greatest_probability(*first.range, width)
    return "" if most is None else f", so no probability of {width} can exceed {most:.2f}"
