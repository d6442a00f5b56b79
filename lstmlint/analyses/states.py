"""The states of recurrent layers: what a layer expects as `initial_state`, and what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.analyses.directions import last_output
from lstmlint.analyses.sequences import SequenceCall, sequence_calls
from lstmlint.inference.layers.recurrent import KINDS, gates_of
from lstmlint.ir.graph import references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Shape, Unknown, leaves

#: The states of one step of each kind of layer, as its formulas name them.
STATE_NAMES = {"LSTM": ("h", "c"), "GRU": ("h",), "SimpleRNN": ("h",)}

#: The prefixes of state names in a Bidirectional.
PREFIXES = {"forward": "forward ", "backward": "backward "}


@dataclass(frozen=True, slots=True)
class State:
    """A state that a recurrent layer keeps: its name and its shape, batch included."""

    name: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class StateCall:
    """A call of a recurrent layer with an `initial_state`: what it expects, what it is given, and by which layers."""

    model: Model
    call: SequenceCall
    expected: tuple[State, ...]
    given: tuple[Shape, ...]
    producers: tuple[Layer, ...]


def state_calls(model: Model) -> Iterator[StateCall | tuple[Layer, Unknown]]:
    """Every call with an `initial_state`, nested models included, or why its states cannot be told."""
    for inner in model.all_models:
        for call in sequence_calls(inner):
            if call.has_initial_state:
                expected = states(call.layer)
                given = tuple(leaves(call.shapes.arguments["initial_state"]))
                found = map(inner.producer, references(call.call.arguments["initial_state"]))
                if isinstance(expected, Unknown):
                    yield call.layer, expected
                else:
                    producers = tuple(producer for producer in found if producer is not None)
                    yield StateCall(inner, call, expected, given, producers)


def states(layer: Layer) -> tuple[State, ...] | Unknown:
    """The states of a recurrent layer or Bidirectional in the order in which Keras takes them."""
    if layer.class_name == "Bidirectional":
        found: list[State] = []
        for role, prefix in PREFIXES.items():
            own = states(layer.children[role]) if role in layer.children else Unknown(f"its config holds no {role}")
            if isinstance(own, Unknown):
                return own
            found.extend(State(prefix + state.name, state.shape) for state in own)
        return tuple(found)
    if layer.class_name in KINDS:
        shape = last_output(layer)
        names = STATE_NAMES[KINDS[layer.class_name]]
        return tuple(State(name, shape) for name in names[: gates_of(layer.class_name).states])
    cell = layer.children.get("cell")
    if cell is None or isinstance(cell.outputs, Unknown) or not isinstance(cell.outputs, list):
        return Unknown("the states of its cell are unknown")
    return tuple(State(f"state {index}", shape) for index, shape in enumerate(leaves(cell.outputs[1:])))
