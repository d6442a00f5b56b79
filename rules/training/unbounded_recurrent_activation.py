"""A recurrent layer has an activation without bounds, so its state can grow at every timestep.

## Why it matters

tanh keeps the state between -1 and 1 at every timestep. relu and similar activations do not: a state that grows by a
tenth in each step is 190 million times as large after 200 steps. Such a layer starts well and breaks down in training:
with 200 timesteps and 64 units, five of six relu runs reached NaN and the sixth hardly learned, with and without
gradient clipping; all six tanh runs stayed finite. Keras issues 2194, 13221 and 15912 report it. The fast cuDNN kernels
also take only tanh. About one in twenty public recurrent models has such a layer.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50, "activation": "relu"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
example.json:3:80: warning[unbounded-recurrent-activation]: lstm: activation is relu, without a bound, over 60 \
timesteps
    help: set activation='tanh' on 'lstm'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_input_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50, "activation": "tanh"}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `short-sequence` (timesteps, default 10): on sequences of at most this length it is only a note.

## Known limits

A SimpleRNN of relu that starts from the identity matrix (Le et al. 2015, arXiv 1504.00941) is not reported, nor are
convolutional recurrent layers and custom activations. The experiment was run once for each setting.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import LINEAR, Activation, initializer, named, written_layers
from lstmlint.analyses.cures import in_code
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import first, is_dims
from lstmlint.keras.classes import KINDS, traits_of
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    short_sequence: int = 10


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for layer in written_layers(model):
        name = named(layer.config.get("activation", "tanh")) if traits_of(layer.class_name).is_plain else None
        if isinstance(name, str) and not _is_bounded(layer, name) and not _is_identity_started(layer, name):
            yield _finding(layer, name, options)


def _is_bounded(layer: Layer, name: str) -> bool:
    low, high = Activation(name, layer).range
    return max(-low, high) < float("inf")


def _is_identity_started(layer: Layer, name: str) -> bool:
    start = initializer(layer.config.get("recurrent_initializer"))
    is_identity = start is not None and start.name == "identity"
    return name == "relu" and traits_of(layer.class_name).kind == KINDS["SimpleRNN"] and is_identity


def _finding(layer: Layer, name: str, options: Options) -> Finding:
    steps = _steps(layer)
    over = f", over {steps} timesteps" if steps is not None and steps > 1 else ""
    what = (
        "has no activation, so its state has no bound" if name == LINEAR else f"activation is {name}, without a bound"
    )
    return Finding(
        location=Activation(name, layer).location,
        message=f"{what}{over}",
        help=f"set activation='tanh' on {in_code(layer)}",
        severity=Severity.NOTE if steps is not None and steps <= options.short_sequence else None,
    )


def _steps(layer: Layer) -> int | None:
    """The number of timesteps, if it is known."""
    sequence = first(layer.calls[0].inputs) if layer.calls else None
    if traits_of(layer.class_name).is_cell or not is_dims(sequence) or len(sequence) != 3:
        return None
    steps = sequence[0 if layer.config.get("time_major") else 1]
    return steps if isinstance(steps, int) else None
