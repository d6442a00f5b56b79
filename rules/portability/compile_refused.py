"""The target does not know a loss, metric or optimizer, so the file loads only without compiling.

## Why it matters

`load_model` compiles the model that it loads. A custom metric, or an optimizer that was removed, stops it, though
layers and weights are fine: `load_model(path, compile=False)` loads them. JSON of Keras 3 holds the same compile
config, but its loader has no such argument.

## Example

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "prices", "batch_shape": [null, 30, 5], "dtype": "float32"}},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null,
   "config": {"name": "trend", "units": 32}}]}, "compile_config": {"loss": "mse", "optimizer": "adam",
  "metrics": [{"module": "builtins", "class_name": "function", "config": "f1_score", "registered_name": "function"}]}}
```

```console
$ lstmlint check --target keras-3 --select compile-refused example.json
example.json:1:1: warning[compile-refused]: keras-3.15 refuses this: Could not locate function 'f1_score'. Make sure \
custom classes and functions are decorated with `@keras.saving.register_keras_serializable()`. If they are already \
decorated, make sure they are all imported so that the decorator is run before trying to load them. Full object \
config: […]
    help: load it with compile=False and compile it again, or try 'lstmlint fix'
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "prices", "batch_shape": [null, 30, 5], "dtype": "float32"}},
  {"class_name": "LSTM", "module": "keras.layers", "registered_name": null,
   "config": {"name": "trend", "units": 32}}]}}
```

```console
$ lstmlint check --target keras-3 --select compile-refused example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

Arguments of optimizers are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "load it with compile=False and compile it again"


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
