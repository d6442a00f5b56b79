"""A decoder starts from states that were exchanged.

## Why it matters

An LSTM returns its output, then `h`, then `c`, and wants `initial_state=[h, c]`. Both states have one shape, so Keras
takes any order. Exchanged, the decoder starts from a hidden state that may be larger than 1 and from a cell state
that tanh has cut to -1 to 1. Training works around that; a decoder for inference in the right order then speaks
nonsense. A Bidirectional returns the forward h and c, then the backward ones; joined states must be h with h and c
with c.

## Example

```json
{"module": "keras", "class_name": "Functional", "keras_version": "2.15.0",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "source", "config": {"name": "source", "batch_input_shape": [null, null, 40]},
    "inbound_nodes": []},
  {"class_name": "InputLayer", "name": "target", "config": {"name": "target", "batch_input_shape": [null, null, 50]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "encoder", "config": {"name": "encoder", "units": 64, "return_state": true},
    "inbound_nodes": [[["source", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "decoder", "config": {"name": "decoder", "units": 64, "return_sequences": true},
    "inbound_nodes": [[["target", 0, 0, {}], ["encoder", 0, 2, {}], ["encoder", 0, 1, {}]]]},
  {"class_name": "Dense", "name": "letters", "config": {"name": "letters", "units": 50, "activation": "softmax"},
    "inbound_nodes": [[["decoder", 0, 0, {}]]]}],
  "input_layers": [["source", 0, 0], ["target", 0, 0]], "output_layers": [["letters", 0, 0]]}}
```

```console
$ lstmlint check example.json
example.json:9:3: warning[states-paired-wrong]: decoder: starts its h from the c of 'encoder'
    see: example.json:7:3: encoder: returns its output, then its states
    help: give 'decoder' each state for the state of the same name: h for h, c for c
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Functional", "keras_version": "2.15.0",
 "config": {"name": "model", "layers": [
  {"class_name": "InputLayer", "name": "source", "config": {"name": "source", "batch_input_shape": [null, null, 40]},
    "inbound_nodes": []},
  {"class_name": "InputLayer", "name": "target", "config": {"name": "target", "batch_input_shape": [null, null, 50]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "encoder", "config": {"name": "encoder", "units": 64, "return_state": true},
    "inbound_nodes": [[["source", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "decoder", "config": {"name": "decoder", "units": 64, "return_sequences": true},
    "inbound_nodes": [[["target", 0, 0, {}], ["encoder", 0, 1, {}], ["encoder", 0, 2, {}]]]},
  {"class_name": "Dense", "name": "letters", "config": {"name": "letters", "units": 50, "activation": "softmax"},
    "inbound_nodes": [[["decoder", 0, 0, {}]]]}],
  "input_layers": [["source", 0, 0], ["target", 0, 0]], "output_layers": [["letters", 0, 0]]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

States are followed through layers that keep values and through Concatenate, not through a Dense. A state of another
kind of layer, as the h of a GRU for an LSTM, is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.analyses.state_origins import StateOrigin, state_origins
from lstmlint.analyses.states import StateCall, state_calls
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.graph import references
from lstmlint.ir.model import Layer, Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for one in state_calls(model):
        if isinstance(one, StateCall):
            yield from _judged(one)


def _judged(one: StateCall) -> Iterator[Judgement]:
    tensors = list(references(one.call.call.arguments["initial_state"]))
    if len(tensors) != len(one.expected):
        return
    names = [state.name for state in one.expected]
    origins = [state_origins(one.model, tensor) for tensor in tensors]
    for name, found in zip(names, origins, strict=True):
        wrong = [origin for origin in found if _is_wrong(name, origin, names)]
        if wrong and all(origin.returns_all(names) for origin in found):
            yield _finding(one.call.layer, name, found, wrong[0])
            return


def _is_wrong(name: str, origin: StateOrigin, names: list[str]) -> bool:
    """Whether a state comes from another state than the one of its name; of a direction where both have directions."""
    has_directions = " " in name and " " in origin.state
    return (origin.state if has_directions else origin.state.split()[-1]) != (
        name if has_directions else name.split()[-1]
    )


def _finding(layer: Layer, name: str, found: list[StateOrigin], wrong: StateOrigin) -> Finding:
    given = " joined with ".join(f"the {origin.state} of '{origin.layer.name}'" for origin in found)
    return Finding(
        location=location_of(layer),
        message=f"starts its {name} from {given}",
        help=f"give '{layer.name}' each state for the state of the same name: h for h, c for c",
        related=(Related(location_of(wrong.layer), "returns its output, then its states"),),
    )
