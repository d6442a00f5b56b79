"""Every weight of a kernel starts from the same number, so all units read their input alike.

## Why it matters

Units that start equal compute the same; only the weights of later layers can make them differ. With ones in the kernel
and the recurrent kernel of an LSTM of 16 units, all columns were still equal after 25 epochs in Keras 3.15.1. The
loss stayed at 1.617, where the default initializers reach 0.175; with ones in the recurrent kernel alone it was 0.976.
`ones` also adds up all inputs and saturates the gates.

Zeros do less harm: with zeros in the kernel the same model reached 0.148. Zeros in the recurrent kernel keep the
gradient small over long sequences at first (a fifteenth over 30 steps), which is a note.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50,
    "recurrent_initializer": {"module": "keras.initializers", "class_name": "Ones", "config": {}}}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:4:30: warning[constant-initializer]: lstm: every weight of its recurrent_kernel starts from 1, so all \
50 units read the step before alike
    help: set recurrent_initializer='orthogonal', the default, on 'lstm'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50,
    "recurrent_initializer": {"module": "keras.initializers", "class_name": "Orthogonal", "config": {"gain": 1.0}}}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

In a file with weights the initializer is no longer used, so there it is only a note. Layers of one unit are not
reported, nor are frozen layers, which may compute a fixed average.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.analyses.activations import initializer, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.ir.finding import Confidence, Finding, Location, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Config key of an initializer -> the weight that it initializes.
KERNELS: Mapping[str, str] = {"kernel_initializer": "kernel", "recurrent_initializer": "recurrent_kernel"}

#: Config key of an initializer -> the input that the units read through its weight.
READ: Mapping[str, str] = {"kernel_initializer": "the input", "recurrent_initializer": "the step before"}


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for layer in written_layers(model):
        is_of_many = _units(layer) > 1 and layer.node.is_trainable
        traits = traits_of(layer.class_name)
        if not is_of_many or not (traits.applies_activation or traits.has_gates):
            continue  # only how its weights start breaks their symmetry
        for key, weight in KERNELS.items():
            start = initializer(layer.config.get(key))
            value = start.constant if start is not None else None
            if value is not None and (value != 0 or key == "recurrent_initializer"):
                yield _finding(model, layer, key, weight, value)


def _units(layer: Layer) -> int:
    units = layer.config.get("units", layer.config.get("filters"))
    return units if isinstance(units, int) else 0


def _finding(model: Model, layer: Layer, key: str, weight: str, value: float) -> Finding:
    default = "orthogonal" if key == "recurrent_initializer" else "glorot_uniform"
    return Finding(
        location=Location(layer.full_name, (*layer.pointer, "config", key)),
        message=f"every weight of its {weight} starts from {value:g}, "
        + (
            "so no step sees the one before it at first"
            if value == 0
            else f"so all {_units(layer)} units read {READ[key]} alike"
        ),
        help=f"set {key}='{default}', the default, on {in_code(layer)}",
        severity=Severity.NOTE if value == 0 or model.document.stored else None,
    )
