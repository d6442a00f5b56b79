"""A dimension is zero or negative: nothing is left of the input, or there was nothing to begin with.

## Why it matters

A kernel, pool or crop that is larger than its input leaves no output. Keras refuses most such layers ("Computed
output size would be negative"), which is an error. Some are made all the same and give an empty output, a Cropping3D
of tf.keras 2.15 or every pooling of Keras 1.2.2: those are a warning. A recurrent layer over zero timesteps builds,
saves and loads in Keras 3.15.1 and fails when it is called, so it makes the finding an error.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "short", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 5, 3]}},
  {"class_name": "Conv1D", "config": {"name": "conv", "filters": 2, "kernel_size": [7], "padding": "valid"}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: error[non-positive-dim]: conv: gives (None, -1, 2) from (None, 5, 3)
    help: use a smaller kernel, pool, stride or crop in 'conv', set padding='same' on 'conv', or take a longer input
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "short", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 5, 3]}},
  {"class_name": "Conv1D", "config": {"name": "conv", "filters": 2, "kernel_size": [3], "padding": "valid"}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only the first layer on a path is reported, not those that inherit the dimension from it. A layer whose own width is
zero or negative is for `invalid-units`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.widths import bad_widths
from lstmlint.ir.dataclass import replace
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.model import CallShapes, Layer, Model
from lstmlint.ir.shape import Structure, Unknown, is_dims, leaves, to_text
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    without_width = {bad.layer.pointer for bad in bad_widths(model)}
    stuck = next(filter(_has_no_timestep, model.all_layers), None)
    for layer in model.all_layers:
        if layer.pointer in without_width:
            continue
        call = next((call for call in layer.calls if _is_origin(layer, call)), None)
        if call is not None:
            yield _graded(_finding(layer, call), model, layer, stuck)


def _is_origin(layer: Layer, call: CallShapes) -> bool:
    """Whether a call makes the dimension itself: neither its input nor a layer inside it has it already."""
    inner = [*layer.children.values(), *(layer.model.layers if layer.model else ())]
    return (
        _is_empty(call.outputs)
        and not _is_empty(call.inputs)
        and not any(_is_empty(inner_call.outputs) for layer in inner for inner_call in layer.calls)
    )


def _graded(finding: Finding, model: Model, layer: Layer, stuck: Layer | None) -> Finding:
    """The finding as grave as what Keras does: it refuses the layer, fails in a recurrent one, or gives nothing."""
    if stuck is not None and stuck is not layer:
        return replace(finding, related=(Related(location_of(stuck), "has no timestep to run along, and fails"),))
    is_refused = model.graph is not None and layer.class_name in model.graph.semantics.refuses_empty
    return finding if is_refused else replace(finding, severity=Severity.WARNING)


def _has_no_timestep(layer: Layer) -> bool:
    shapes = (shape for call in layer.calls for shape in leaves(call.inputs) if not isinstance(shape, Unknown))
    return traits_of(layer.class_name).is_recurrent and any(shape[1:2] == (0,) for shape in shapes)


def _is_empty(structure: Structure) -> bool:
    if is_dims(structure) and all(dim is None or (type(dim) is int and dim > 0) for dim in structure):
        return False
    return any(
        isinstance(dim, int) and dim <= 0
        for shape in leaves(structure)
        if not isinstance(shape, Unknown)
        for dim in shape
    )


def _finding(layer: Layer, call: CallShapes) -> Finding:
    if layer.class_name == "InputLayer":
        return Finding(
            location=location_of(layer),
            message=f"takes {to_text(call.outputs)}, which holds no values",
            help=f"give every axis of '{layer.name}' a positive size, or None where it is open",
        )
    return Finding(
        location=location_of(layer),
        message=f"gives {to_text(call.outputs)} from {to_text(call.inputs)}",
        help=f"use a smaller kernel, pool, stride or crop in '{layer.name}', {_padded(layer)}or take a longer input",
    )


def _padded(layer: Layer) -> str:
    """The cure by padding, for layers that can pad what they get."""
    return f"set padding='same' on {in_code(layer)}, " if isinstance(layer.config.get("padding"), str) else ""
