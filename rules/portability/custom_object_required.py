"""The target does not have a class or function of the file, so loading needs it as a custom object.

## Why it matters

A file holds the config of a custom layer, never its code. Keras stops with `Unknown layer: 'BinaryDense'` or `Could not
locate class` and needs `load_model(path, custom_objects={...})` or a registered class. 24 of 311 public models are of
this kind.

## Example

```json
{"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "ticker", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null,
   "config": {"name": "prices", "batch_shape": [null, 30, 5], "dtype": "float32"}},
  {"class_name": "PointerLSTM", "module": "pointer", "registered_name": "pointer>PointerLSTM",
   "config": {"name": "trend", "units": 32}}]}}
```

```console
$ lstmlint check --target keras-3 --select custom-object-required example.json
example.json:4:3: warning[custom-object-required]: trend: keras-3.15 refuses this: <class \
'keras.src.models.sequential.Sequential'> could not be deserialized properly. Please ensure that components that are \
Python object instances (layers, models, etc.) returned by `get_config()` are explicitly deserialized in the model's \
`from_config()` method.\\n\\nconfig=[…].\\n\\nException encountered: Could not locate class 'PointerLSTM'. Make sure \
custom classes and functions are decorated with `@keras.saving.register_keras_serializable()`. If they are already \
decorated, make sure they are all imported so that the decorator is run before trying to load them. Full object \
config: […]
    help: give the class or function as custom_objects, or register it
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
$ lstmlint check --target keras-3 --select custom-object-required example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

- `targets` (versions of Keras): the versions in which files must load; `--target` and the setting `target` set them for
  every rule of this category. Without targets, whole models are judged for the newest known Keras, and each refusal is
  a note

## Known limits

lstmlint does not know the classes that you register; ignore the rule for files that hold them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, rule
from lstmlint.portability.judging import Options, findings

__all__ = ["CURE", "Options", "check"]

CURE = "give the class or function as custom_objects, or register it"


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    return findings(model, options, __name__, CURE, hint)
