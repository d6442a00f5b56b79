"""A recurrent layer starts from states of the wrong number or width.

## Why it matters

An LSTM starts from two states, `h` and `c`, and a GRU from one, each as wide as the layer; a Bidirectional takes the
states of its forward layer, then those of its backward layer. Keras 2 refuses other states when it builds the model
("An `initial_state` was passed that is not compatible with `cell.state_size`"). Keras 3.15 builds, saves and loads the
model, and fails when it is called: "dot_general requires contracting dimensions to have the same shape". A GRU of Keras
3 that gets both states of an LSTM does not even fail: it ignores the second state. With `unroll=True` a state of batch
1 is one start for all samples, and no mistake.

## Example

```json
{"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "translator", "layers": [
  {"class_name": "InputLayer", "name": "source", "config": {"name": "source", "batch_input_shape": [null, 20, 8]},
    "inbound_nodes": []},
  {"class_name": "InputLayer", "name": "target", "config": {"name": "target", "batch_input_shape": [null, 10, 8]},
    "inbound_nodes": []},
  {"class_name": "Bidirectional", "name": "encoder", "config": {"name": "encoder", "layer":
    {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_state": true}}},
    "inbound_nodes": [[["source", 0, 0, {}]]]},
  {"class_name": "LSTM", "name": "decoder", "config": {"name": "decoder", "units": 32},
    "inbound_nodes": [[["target", 0, 0, {}], ["encoder", 0, 1, {}], ["encoder", 0, 2, {}]]]}],
  "input_layers": [["source", 0, 0], ["target", 0, 0]], "output_layers": [["decoder", 0, 0]]}}
```

```console
$ lstmlint check example.json
example.json:9:3: error[initial-state-mismatch]: decoder: needs the state h of (None, 32), but gets (None, 16)
    see: example.json:6:3: encoder: gives a state
    help: join the forward and backward states of 'encoder' with one Concatenate for each state, and give 'decoder' as \
many units as both
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "translator", "layers": [
  {"class_name": "InputLayer", "name": "source", "config": {"name": "source", "batch_input_shape": [null, 20, 8]},
    "inbound_nodes": []},
  {"class_name": "InputLayer", "name": "target", "config": {"name": "target", "batch_input_shape": [null, 10, 8]},
    "inbound_nodes": []},
  {"class_name": "Bidirectional", "name": "encoder", "config": {"name": "encoder", "layer":
    {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_state": true}}},
    "inbound_nodes": [[["source", 0, 0, {}]]]},
  {"class_name": "Concatenate", "name": "h", "config": {"name": "h"},
    "inbound_nodes": [[["encoder", 0, 1, {}], ["encoder", 0, 3, {}]]]},
  {"class_name": "Concatenate", "name": "c", "config": {"name": "c"},
    "inbound_nodes": [[["encoder", 0, 2, {}], ["encoder", 0, 4, {}]]]},
  {"class_name": "LSTM", "name": "decoder", "config": {"name": "decoder", "units": 32},
    "inbound_nodes": [[["target", 0, 0, {}], ["h", 0, 0, {}], ["c", 0, 0, {}]]]}],
  "input_layers": [["source", 0, 0], ["target", 0, 0]], "output_layers": [["decoder", 0, 0]]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The states of custom cells are unknown. The states of stacked cells are compared in the order of the cells, however they
are nested.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import location_of, recurrent_core
from lstmlint.analyses.states import State, StateCall, misfits, state_calls
from lstmlint.ir.finding import Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.keras.classes import KINDS, traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for call in state_calls(model):
        if isinstance(call, tuple):
            layer, because = call
            yield Unjudged(location_of(layer), because)
        elif len(call.given) != len(call.expected):
            yield _wrong_number(call)
        else:
            yield from _widths(call)


def _wrong_number(call: StateCall) -> Finding:
    expected, given = len(call.expected), len(call.given)
    names = ", ".join(state.name for state in call.expected)
    is_ignored = _ignores_more(call) and given > expected
    return Finding(
        location=location_of(call.call.layer),
        message=f"needs {expected} {_states(expected)} ({names}), but gets {given}"
        + (", of which it ignores all but the first" if is_ignored else ""),
        help=_cure(call),
        related=_related(call),
        severity=Severity.WARNING if is_ignored else None,
    )


def _widths(call: StateCall) -> Iterator[Judgement]:
    for state, shape in zip(call.expected, call.given, strict=True):
        if isinstance(shape, Unknown) or isinstance(state.shape, Unknown):
            yield Unjudged(
                location_of(call.call.layer), shape if isinstance(shape, Unknown) else Unknown("its shape is unknown")
            )
            return
    graph = call.model.graph
    pairs = zip(call.expected, call.given, strict=True)
    wrong = [] if graph is None else [pair for pair in pairs if misfits(*pair, graph.semantics)]
    if wrong:
        state, shape = wrong[0]
        yield Finding(
            location=location_of(call.call.layer),
            message=f"needs {_described(state, call)}, but gets {to_text(shape)}",
            help=_cure(call),
            related=_related(call),
        )


def _described(state: State, call: StateCall) -> str:
    kind = "a state" if len(call.expected) == 1 else f"the state {state.name}"
    return f"{kind} of {to_text(state.shape)}"


def _states(number: int) -> str:
    return "state" if number == 1 else "states"


def _ignores_more(call: StateCall) -> bool:
    """Whether a layer ignores all states but the first, as the GRU of Keras 3 does."""
    graph = call.model.graph
    is_gru = traits_of(call.call.layer.class_name).kind == KINDS["GRU"]
    return is_gru and graph is not None and graph.semantics.gru_ignores_further_states


def _cure(call: StateCall) -> str:
    name = call.call.layer.name
    encoder = next((layer for layer in call.producers if layer.class_name == "Bidirectional"), None)
    if encoder is not None and call.call.layer.class_name != "Bidirectional":
        cure = (
            f"join the forward and backward states of '{encoder.name}' with one Concatenate for each state, "
            f"and give '{name}' as many units as both"
        )
    else:
        cure = f"give '{name}' {len(call.expected)} {_states(len(call.expected))} as wide as itself"
    return f"{_returned(call)}{cure}"


def _returned(call: StateCall) -> str:
    """The first step of the cure where a layer returns no states, so that its output was taken for one."""
    cores = filter(None, map(recurrent_core, call.producers))
    silent = next((core for core in cores if not core.config.get("return_state")), None)
    return "" if silent is None else f"set return_state=True on {in_code(silent)}, and "


def _related(call: StateCall) -> tuple[Related, ...]:
    makers = dict.fromkeys(layer.pointer for layer in call.producers)
    by_pointer = {layer.pointer: layer for layer in call.producers}
    return tuple(Related(location_of(by_pointer[pointer]), "gives a state") for pointer in makers)
