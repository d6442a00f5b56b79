"""A regularizer outweighs the loss, or rewards large weights.

## Why it matters

A regularizer adds the sum of the absolute or squared weights, times its factor, to the loss. Usual factors are
0.00001 to 0.01. Above 0.1 the sum over thousands of weights outweighs the loss of the predictions, and the weights
shrink to zero; an `activity_regularizer` does that to the outputs, whose sum it adds to the loss. A negative factor
rewards large weights, so the loss falls without end.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50,
    "kernel_regularizer": {"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.5}}}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:4:27: warning[absurd-regularizer]: lstm: the l2 regularizer of its kernel is 0.5, more than 0.1
    help: take a factor from 0.00001 to 0.01 for kernel_regularizer of 'lstm'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50,
    "kernel_regularizer": {"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.005}}}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `max` (factor, default 0.1): more than this on a kernel outweighs the loss.

## Known limits

The size of the loss is unknown, so the threshold is a rule of thumb. Only L1 and L2 are judged; on biases
only negative factors are. Factors are rounded to six digits, as Keras keeps them in float32: the 0.1 of a program is
0.10000000149 in its file.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import number_in, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.analyses.limits import exceeds
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Location, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.linting.rule import Judgement, rule

KERNELS = (
    "kernel_regularizer", "recurrent_regularizer", "embeddings_regularizer", "depthwise_regularizer",
    "pointwise_regularizer",
)  # fmt: skip
ACTIVITY = "activity_regularizer"
OTHERS = ("bias_regularizer", ACTIVITY)
#: The regularizers that are judged by their size.
JUDGED = (*KERNELS, ACTIVITY)


@dataclass(frozen=True, slots=True)
class Options:
    max: float = 0.1


REGULARIZERS = (*KERNELS, *OTHERS)


@rule(Severity.WARNING, Confidence.HEURISTIC)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for layer in written_layers(model):
        for key in filter(layer.config.get, REGULARIZERS):
            for name, factor in _factors(layer, key):
                if factor < 0 or (exceeds(factor, options.max) and key in JUDGED):
                    yield _finding(layer, key, name, factor, options)


def _factors(layer: Layer, key: str) -> Iterator[tuple[str, float]]:
    """The factors of a regularizer, from its config or, in Keras 1, from beside its name."""
    regularizer = layer.config.get(key)
    if isinstance(regularizer, dict):
        inner = regularizer.get("config")
        config = inner if isinstance(inner, dict) else regularizer
        for name in ("l1", "l2"):
            factor = number_in(config.get(name))
            if factor is not None:
                yield name, factor


def _finding(layer: Layer, key: str, name: str, factor: float, options: Options) -> Finding:
    weight = key.removesuffix("_regularizer").replace("recurrent", "recurrent kernel").replace("activity", "output")
    why = f"more than {options.max:g}" if factor > 0 else "which rewards large values"
    return Finding(
        location=Location(layer.full_name, (*layer.pointer, "config", key)),
        message=f"the {name} regularizer of its {weight} is {factor:g}, {why}",
        help=f"take a factor from 0.00001 to 0.01 for {key} of {in_code(layer)}",
    )
