"""An LSTM that runs backwards returns its sequence in another order on JAX with a GPU.

## Why it matters

Where JAX has a GPU, Keras 3 uses cuDNN for LSTM layers with the default activations and then reverses the sequence of a
layer with `go_backwards` once more. Neither its own loop nor another backend does so. A Bidirectional reverses the
sequence of its backward layer as well. So the backward half comes in reversed order of time where both directions do
not go to cuDNN at once (dropout, stateful, other units or activations in one of them).

The evidence is the source of Keras 3.15.1 (`keras/src/backend/jax/rnn.py`) and its outputs on a CPU with cuDNN replaced
by `jax.experimental.rnn.lstm_ref`, which differ by up to 0.84. No real GPU was used.

## Example

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "prices", "batch_shape": [null, 30, 5], "dtype": "float32"}},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null,
   "config": {"name": "from_the_end", "units": 16, "go_backwards": true, "return_sequences": true}}]}}
```

```console
$ lstmlint check --target jax-gpu --select jax-gpu-time-order example.json
example.json:5:68: warning[jax-gpu-time-order]: from_the_end: jax-gpu computes otherwise: returns its sequence in the \
order of time, though go_backwards is true; elsewhere it is reversed
    help: set use_cudnn=False for the layer after loading, or unroll=True in its config
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

With `unroll` the layer does not go to cuDNN, and a plain Bidirectional goes there with both directions at once.

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "prices", "batch_shape": [null, 30, 5], "dtype": "float32"}},
  {"class_name": "Bidirectional", "module": "keras.layers", "registered_name": null,
   "config": {"name": "both_ways", "layer": {"class_name": "LSTM", "module": "keras.layers",
   "registered_name": null, "config": {"name": "lstm", "units": 16, "return_sequences": true}}}}]}}
```

```console
$ lstmlint check --target jax-gpu --select jax-gpu-time-order example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras and runtimes): the targets in which files must load; `--target` and the setting `target`
  set them for every rule of this category. This rule is for `jax-gpu` alone

## Known limits

GRU layers, masked layers and other backends are not concerned. `use_cudnn=False` is not in the file, so it is not seen.
The releases of Keras before 3.15 were not examined.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "set use_cudnn=False for the layer after loading, or unroll=True in its config"


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
