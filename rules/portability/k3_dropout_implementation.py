"""An LSTM or GRU has implementation 1 and dropout, so Keras 3 can load it and predict, but not train it.

## Why it matters

Keras 2 wrote `implementation: 1` for many layers. In Keras 3.7 to 3.15.1 such a layer keeps a list of dropout masks,
one for each gate, but uses the list as one mask: `fit()` stops with `'str' object has no attribute '_error_repr'` on
JAX, which hides the cause. Predictions are right, and with `implementation: 2` they are the same.

## Example

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "demand", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "hours", "batch_shape": [null, 24, 3], "dtype": "float32"}},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null,
   "config": {"name": "lstm", "units": 8, "dropout": 0.2, "implementation": 1}},
  {"class_name": "Dense", "module": "keras.layers", "registered_name": null,
   "config": {"name": "next_hour", "units": 1}}]}}
```

```console
$ lstmlint check --select k3-dropout-implementation example.json
example.json:5:77: warning[k3-dropout-implementation]: lstm: implementation is 1 and dropout 0.2, with which fit() \
fails in Keras 3.7 to 3.15.1; predictions are not concerned
    help: write 2 for implementation in the config of 'lstm', or leave it out, or try 'lstmlint fix'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "demand", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "hours", "batch_shape": [null, 24, 3], "dtype": "float32"}},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null,
   "config": {"name": "lstm", "units": 8, "dropout": 0.2, "implementation": 2}},
  {"class_name": "Dense", "module": "keras.layers", "registered_name": null,
   "config": {"name": "next_hour", "units": 1}}]}}
```

```console
$ lstmlint check --select k3-dropout-implementation example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, only files of Keras 3 are judged

## Known limits

`use_cudnn=False` also helps; a program may set it after loading, which no file shows. Layers with `recurrent_dropout`,
cells of an `RNN`, and the layers that a `Bidirectional` makes of its `layer` train with any implementation.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.implementations import FIRST, KEY, LAST, untrainable_layers
from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.versions import targets_of
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options

__all__ = ["Options", "check"]


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    is_of_keras3 = model.graph is not None and model.graph.semantics.generation >= 3
    fails = [target.is_keras3 and target.version >= FIRST for target in targets_of(options.targets)]
    if not (any(fails) if options.targets else is_of_keras3):
        return
    versions = f"Keras {'.'.join(map(str, FIRST))} to {LAST}"
    for layer in untrainable_layers(model):
        yield Finding(
            location=Location(layer.full_name, (*layer.pointer, "config", KEY)),
            message=f"implementation is 1 and dropout {layer.config.get('dropout'):g}, with which fit() fails in "
            f"{versions}; predictions are not concerned",
            help=f"write 2 for implementation in the config of {in_code(layer)}, or leave it out{hint(__name__)}",
        )
