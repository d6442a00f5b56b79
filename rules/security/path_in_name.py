"""A name in the model is a path that leads out of the folder in which Keras puts the layer.

## Why it matters

Keras makes folders for the assets of layers and groups for their weights, and names them after the layers. A layer
named `../../start` made Keras 3.14 write outside of its temporary folder (CVE-2026-12479). A name that a person chose
does not begin with a slash, and holds no `..` and no backslash. Keras refuses such paths since 3.15.0.

## Example

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "forecast", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "series", "batch_shape": [null, 10, 2]}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null,
   "config": {"name": "../../start", "units": 3}}]}}
```

```console
$ lstmlint check example.json
example.json:5:23: error[path-in-name]: ../../start: the name '../../start' leads out of its folder, and Keras makes \
paths of names
    help: do not load this file before you know where it comes from; names are made of letters, digits and _; \
endangers Keras 3.14.0 to before 3.15.0 (CVE-2026-12479)
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "forecast", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "series", "batch_shape": [null, 10, 2]}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null,
   "config": {"name": "start", "units": 3}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A slash inside a name, as in `block1/conv`, leads nowhere else and is not reported. Keras 2 allowed it; Keras 3 refuses
it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.objects import leads_elsewhere, quoted, raw_objects
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.advisories import with_versions
from lstmlint.linting.rule import Judgement, NoOptions, rule

HELP = "do not load this file before you know where it comes from; names are made of letters, digits and _"


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for raw_object in raw_objects(model):
        name = raw_object.value.get("name")
        if isinstance(name, str) and (sign := leads_elsewhere(name)):
            yield _finding(raw_object.at("name"), name, sign)
    for layer in model.document.stored or ():
        if sign := leads_elsewhere(layer.name):
            yield _finding(Location("", stored=layer.name), layer.name, sign)


def _finding(location: Location, name: str, sign: str) -> Finding:
    return Finding(
        location=location,
        message=f"the name {quoted(name)} {sign}, and Keras makes paths of names",
        help=with_versions(HELP, "CVE-2026-12479"),
    )
