"""A softmax over a single value always gives 1.0.

## Why it matters

Softmax divides each value by the sum over its axis. On an axis of one value the result is `x / x = 1.0`: the model
predicts the same for every input, and no gradient passes. With binary_crossentropy, accuracy stayed at 0.449, the share
of positives, through fifteen epochs in Keras 3.15.1 and in Keras 2.15. In Keras on TensorFlow the loss falls
nonetheless (0.70 to 0.08 in 2.15), because it uses the logits from before the softmax; so nothing warns. The question
is Stack Exchange stats 481881; two of 232 public recurrent models have the fault.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "sentiment", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "is_positive", "units": 1, "activation": "softmax"}}]},
 "compile_config": {"optimizer": "adam", "loss": "binary_crossentropy"}}
```

```console
$ lstmlint check example.json
example.json:5:87: error[softmax-single-unit]: is_positive: softmax over an axis of 1, (None, 1), gives 1.0 \
for every input
    see: example.json:6:50: training: compiled with binary_crossentropy
    help: set activation='sigmoid' on 'is_positive' and compile with binary_crossentropy, or give it 2 units
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "sentiment", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16}},
  {"class_name": "Dense", "config": {"name": "is_positive", "units": 1, "activation": "sigmoid"}}]},
 "compile_config": {"optimizer": "adam", "loss": "binary_crossentropy"}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

Inside a model the usual case is attention: `Dense(1, activation="softmax")` weighs every timestep by 1.0. Use
`Dense(1)` and then `Softmax(axis=1)` over the timesteps.

## Known limits

Softmax inside attention layers, Lambda and custom layers is not seen. A softmax over an unknown or open axis is not
reported. Nor is a softmax inside an LSTM or a GRU: gates multiply it, so the output of the layer is not 1.0, which
`gated-softmax` reports.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import DISTRIBUTIONS, Activation, own_activation, single_shape, written_layers
from lstmlint.analyses.cures import in_code, with_activation
from lstmlint.analyses.training import Loss, Output, location_in_record, outputs
from lstmlint.ir.finding import Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Dim, Dims, Unknown, product, to_text
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for layer in written_layers(model):
        activation = own_activation(layer)
        if not isinstance(activation, Activation) or activation.name not in DISTRIBUTIONS or activation.is_gated:
            continue
        shape = single_shape(layer)
        size = _size(activation, shape)
        if isinstance(size, Unknown):
            yield Unjudged(activation.location, size)
        elif size == 1:
            yield _finding(model, activation, shape)


def _size(activation: Activation, shape: Dims | Unknown) -> Dim:
    """The number of values that the softmax normalizes together."""
    units, axes = activation.layer.config.get("units"), activation.axes
    if activation.key and isinstance(units, int):
        return units
    if isinstance(shape, Unknown):
        return shape
    if isinstance(axes, Unknown):
        return axes
    if not all(-len(shape) <= axis < len(shape) for axis in axes):
        return None
    return product(shape[axis] for axis in axes)


def _finding(model: Model, activation: Activation, shape: Dims | Unknown) -> Finding:
    layer = activation.layer
    output = next((output for output in outputs(model) if _is_of(activation, output)), None)
    if output is not None:
        cure = f"{with_activation(activation, 'sigmoid', 1)} and compile with binary_crossentropy, or give it 2 units"
    elif not isinstance(shape, Unknown) and len(shape) > 2 and not traits_of(layer.class_name).is_gated_layer:
        cure = _over_several(activation, shape)
    else:
        cure = f"{with_activation(activation, 'sigmoid', 1)}, or give it more units"
    return Finding(
        location=activation.location,
        message=f"{activation.name} over an axis of 1{_of(shape)} gives 1.0 for every input",
        help=cure,
        related=tuple(_trained_with(model, output)),
    )


def _over_several(activation: Activation, shape: Dims) -> str:
    """The cure that takes the softmax over the first axis of several values, where attention has its steps."""
    axis = next((axis for axis, size in enumerate(shape) if axis and size != 1), None)
    if axis is None:
        return "drop it, as no axis has several values"
    name = in_code(activation.layer)
    is_softmax = activation.layer.class_name == "Softmax"
    how = f"set axis={axis} on {name}" if is_softmax else f"{name} without it, then Softmax(axis={axis})"
    return f"take the softmax over the axis that has several values: {how}"


def _of(shape: Dims | Unknown) -> str:
    return "" if isinstance(shape, Unknown) else f", {to_text(shape)},"


def _is_of(activation: Activation, output: Output) -> bool:
    return isinstance(output.activation, Activation) and output.activation.layer.pointer == activation.layer.pointer


def _trained_with(model: Model, output: Output | None) -> Iterator[Related]:
    if output is not None and isinstance(output.loss, Loss):
        yield Related(location_in_record(model.document, output.loss.steps), f"compiled with {output.loss.text}")
