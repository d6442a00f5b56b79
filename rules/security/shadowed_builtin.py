"""A class of Keras has a registered name, so Keras may load another class in its place.

## Why it matters

Keras looks for the registered name first and for the built-in class only then. A layer of the class `LSTM` in
`keras.layers` with the registered name `team>Recorder` therefore looks like an LSTM to every tool that reads the class,
but becomes the class that the loading program registered under that name. Keras never writes a registered name for its
own classes, and refuses such files since 3.15.0 (keras PR #22729).

## Example

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "forecast", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "series", "batch_shape": [null, 10, 2]}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": "team>Recorder",
   "config": {"name": "lstm", "units": 3}}]}}
```

```console
$ lstmlint check example.json
example.json:4:71: error[shadowed-builtin]: lstm: is 'keras.layers.LSTM' and registered as 'team>Recorder', which \
Keras loads in its place if there is one
    help: set registered_name to null, or name the module of the registered class
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "forecast", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "series", "batch_shape": [null, 10, 2]}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null,
   "config": {"name": "lstm", "units": 3}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A registered name that repeats the class (`LSTM`, `Keras>LSTM`), as older Keras wrote it, is not reported. Custom
classes of other modules have registered names of their own and are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.objects import quoted, raw_objects
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

OWNER = "Keras"


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for raw_object in raw_objects(model):
        registered = raw_object.value.get("registered_name")
        if not registered or not isinstance(registered, str):
            continue
        module, class_name = raw_object.value.get("module"), raw_object.value.get("class_name")
        if not isinstance(module, str):
            continue
        name = raw_object.value.get("config") if class_name == "function" else class_name
        package, _, own = registered.rpartition(">")
        if module.partition(".")[0] == "keras" and not (own in (name, class_name) and package in ("", OWNER)):
            yield Finding(
                location=raw_object.at("registered_name"),
                message=f"is {quoted(f'{module}.{name}')} and registered as {quoted(registered)}, "
                "which Keras loads in its place if there is one",
                help="set registered_name to null, or name the module of the registered class",
            )
