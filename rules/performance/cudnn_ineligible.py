"""The settings of an LSTM or GRU exclude the fast kernels of cuDNN on a GPU.

## Why it matters

Keras uses cuDNN for an LSTM or GRU only with the usual arithmetic: `tanh` and `sigmoid`, a bias, no dropout between
timesteps, no unrolling, and for a GRU `reset_after`. Otherwise Keras silently computes one timestep after the other. Of
318 public LSTM layers 238 are slow for this reason, most because of `hard_sigmoid`, the default of Keras before 2.3.
`recurrent_dropout` costs time on a CPU as well: 56.7 ms a step instead of 23.1 ms.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 20, 2]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3,
   "recurrent_activation": "hard_sigmoid", "use_bias": false}}]}}
```

```console
$ lstmlint check example.json --persona pedantic
example.json:3:3: note[cudnn-ineligible]: lstm: cannot use cuDNN on a GPU because of \
recurrent_activation='hard_sigmoid', use_bias=False, so it computes its timesteps one by one
    help: for a model that you train anew, set recurrent_activation='sigmoid', use_bias=True on 'lstm'
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "forecast", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 20, 2]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3, "dropout": 0.2}}]}}
```

```console
$ lstmlint check example.json --persona pedantic
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

This is a pedantic note: it only matters on a GPU, and trained weights do not fit other activations. Only settings are
judged. Keras also looks at the mask, which must be at the end of the sequence, at the backend (Keras 3 on JAX has no
cuDNN for GRU) and at the two directions of a Bidirectional, which JAX and PyTorch fuse only if they are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import Form, Kind, traits_of
from lstmlint.linting.rule import Judgement, NoOptions, Persona, rule


@rule(Severity.NOTE, persona=Persona.PEDANTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for layer in model.all_layers:
        traits = traits_of(layer.class_name)
        if traits.kind is not None and traits.form is Form.LAYER and not layer.node.is_custom:
            failing = dict(_failing(layer, traits.kind))
            if failing:
                yield _finding(layer, failing)


def _failing(layer: Layer, kind: Kind) -> Iterator[tuple[str, Any]]:
    """The settings that exclude cuDNN, each with the value that cuDNN needs."""
    for key, needed in kind.cudnn.items():
        if _given(layer, key, needed) != needed:
            yield key, needed


def _given(layer: Layer, key: str, default: Any) -> Any:
    """A setting as a plain value: an object by its name, and no activation as the linear one."""
    value = layer.config.get(key, default)
    if isinstance(value, dict):
        name = value.get("config") if value.get("class_name") == "function" else value.get("class_name")
        return str(name).lower()
    return "linear" if value is None and key.endswith("activation") else value


def _finding(layer: Layer, failing: Mapping[str, Any]) -> Finding:
    given = ", ".join(f"{key}={_text(_given(layer, key, needed))}" for key, needed in failing.items())
    needed = ", ".join(f"{key}={_text(value)}" for key, value in failing.items())
    return Finding(
        location=location_of(layer),
        message=f"cannot use cuDNN on a GPU because of {given}, so it computes its timesteps one by one",
        help=f"for a model that you train anew, set {needed} on {in_code(layer)}",
    )


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, str) else str(value)
