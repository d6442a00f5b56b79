"""The losses or their weights do not go with the outputs of the model.

## Why it matters

A dict of losses needs the names of the outputs, and a list one loss for each. `compile` takes any other, and the
trouble comes later. In Keras 3.15.1 `fit` raises "Expected keys ['price', 'rises'] in loss dict" for a name that is
no output and for an output without a name, and a KeyError for a longer list or a name missing from `loss_weights`. A
shorter list is worst, since nothing is raised: with one loss for two outputs the first is trained and the weights of
the second head never move. Keras 2 trains the outputs that a dict names and leaves the others.

## Example

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 4]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "price", "config": {"name": "price", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "rises", "config": {"name": "rises", "units": 1, "activation": "sigmoid"},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["price", 0, 0], ["rises", 0, 0]]},
 "compile_config": {"optimizer": "adam", "loss": ["mse"]}}
```

```console
$ lstmlint check example.json
example.json:12:50: warning[loss-output-mismatch]: training: has 1 loss for 2 outputs, so 'rises' is not trained
    help: give one loss for each of 'price', 'rises', as a dict by name or a list
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Functional", "keras_version": "3.15.1",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "days", "config": {"name": "days", "batch_shape": [null, 20, 4]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16},
    "inbound_nodes": [[["days", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "price", "config": {"name": "price", "units": 1},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "rises", "config": {"name": "rises", "units": 1, "activation": "sigmoid"},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["days", 0, 0]], "output_layers": [["price", 0, 0], ["rises", 0, 0]]},
 "compile_config": {"optimizer": "adam", "loss": ["mse", "binary_crossentropy"]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Outputs that have no names of their own in the file, as two outputs of one layer, are not judged. A loss of null is
taken for intended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.analyses.training import location_in_record, output_names, record
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted
from lstmlint.keras.compiled import is_object
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The parts of a record that go by output, with the noun for one of their values.
PARTS = {"loss": "loss", "loss_weights": "weight"}


@rule(Severity.WARNING, Confidence.CERTAIN)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    names = output_names(model)
    if len(names) < 2 or len(set(names)) < len(names):
        return
    for key, noun in PARTS.items():
        value = record(model.document).get(key)
        for words in _disagreements(value, noun, names):
            yield Finding(
                location=location_in_record(model.document, (key,)),
                message=words,
                help=f"give one {noun} for each of {', '.join(map(repr, names))}, as a dict by name or a list",
            )


def _disagreements(value: Any, noun: str, names: list[str]) -> Iterator[str]:
    """The faults of losses or weights against the names of the outputs."""
    nouns = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    if isinstance(value, list) and value and len(value) != len(names):
        given = counted(len(value), noun) if len(value) == 1 else f"{len(value)} {nouns}"
        left = [repr(name) for name in names[len(value) :]]
        end = f", so {', '.join(left)} {'is' if len(left) == 1 else 'are'} not trained" if left else ""
        yield f"has {given} for {counted(len(names), 'output')}{end}"
    elif isinstance(value, Mapping) and value and not is_object(value):
        unknown = [repr(name) for name in value if name not in names]
        missing = [repr(name) for name in names if name not in value]
        if unknown:
            yield f"has a {noun} for {', '.join(unknown)}, which is no output of the model"
        elif missing:
            yield f"has no {noun} for the output {', '.join(missing)}"
