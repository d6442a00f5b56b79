"""The two directions of a Bidirectional do not fit: both run the same way, or they return different outputs.

## Why it matters

Keras 3.15 and 2.15 refuse such a pair: "Forward layer and backward layer should have different `go_backwards` value",
"are expected to have the same value for attribute return_sequences" (or `return_state`, or `stateful`). Keras 3 also
refuses the popular `Bidirectional(LSTM(go_backwards=True))`, as it makes the backward layer with `go_backwards=True`.
Keras 1 and 2 flip the flag instead: there the model builds, but its directions are exchanged, and its sequences come
out in reversed order.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "Bidirectional", "config": {"name": "both",
    "layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "return_sequences": true}},
    "backward_layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "go_backwards": true,
      "return_sequences": false}}}}]}}
```

```console
$ lstmlint check example.json
example.json:6:27: error[bidirectional-config-mismatch]: both/backward_lstm: has return_sequences=False, but the \
forward layer of 'both' has return_sequences=True
    see: example.json:4:96: both/forward_lstm: return_sequences is true
    help: set return_sequences to the same value on both layers inside 'both'
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "Bidirectional", "config": {"name": "both",
    "layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "return_sequences": true}},
    "backward_layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "go_backwards": true,
      "return_sequences": true}}}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A `merge_mode` that Keras does not know is reported by `invalid-layer-config`. In Keras 2 a forward layer that runs
backwards is only reported where it returns sequences, as a warning. Custom layers inside are not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.directions import Directions, directions
from lstmlint.ir.finding import Finding, Location, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Flags that both directions must share.
SHARED = ("return_sequences", "return_state", "stateful")


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for pair in directions(model):
        yield from _same_direction(pair)
        for key in SHARED:
            if _flag(pair.forward, key) != _flag(pair.backward, key):
                yield _differing(pair, key)


def _same_direction(pair: Directions) -> Iterator[Finding]:
    forward, backward = _flag(pair.forward, "go_backwards"), _flag(pair.backward, "go_backwards")
    if forward == backward:
        yield Finding(
            location=_location(pair.forward if forward else pair.backward, "go_backwards"),
            message=f"both directions of '{pair.layer.name}' have go_backwards={forward}",
            help=f"remove go_backwards from {in_code(pair.forward)}, the wrapper sets it for the other direction"
            if forward
            else f"set go_backwards=True on {in_code(pair.backward)}",
            related=() if pair.is_derived else _other(pair, "go_backwards", is_forward=not forward),
        )
    elif pair.is_derived and forward and _flag(pair.forward, "return_sequences"):
        yield Finding(
            location=_location(pair.forward, "go_backwards"),
            message=f"runs backwards inside '{pair.layer.name}', so its sequences come out in reversed order, "
            "and Keras 3 refuses it",
            help=f"remove go_backwards from {in_code(pair.forward)}; the wrapper runs both directions anyway",
            severity=Severity.WARNING,
        )


def _differing(pair: Directions, key: str) -> Finding:
    forward, backward = _flag(pair.forward, key), _flag(pair.backward, key)
    return Finding(
        location=_location(pair.backward, key),
        message=f"has {key}={backward}, but the forward layer of '{pair.layer.name}' has {key}={forward}",
        help=f"set {key} to the same value on both layers inside '{pair.layer.name}'",
        related=_other(pair, key, is_forward=True),
    )


def _other(pair: Directions, key: str, *, is_forward: bool) -> tuple[Related, ...]:
    layer = pair.forward if is_forward else pair.backward
    return (Related(_location(layer, key), f"{key} is {json.dumps(_flag(layer, key))}"),)


def _flag(layer: Layer, key: str) -> bool:
    return bool(layer.config.get(key))


def _location(layer: Layer, key: str) -> Location:
    return Location(layer.full_name, (*layer.pointer, "config", key))
