"""The states of recurrent layers: the `initial_state` that a layer expects, and the one that it gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.analyses.directions import last_output
from lstmlint.analyses.sequences import SequenceCall, sequence_calls
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.graph import LayerCall, Semantics, references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Shape, Unknown, contradict, is_dims, leaves, shape_of_array
from lstmlint.keras.classes import traits_of

#: The prefixes of state names in a Bidirectional.
PREFIXES = {"forward": "forward ", "backward": "backward "}

UNTOLD_RANK = Unknown("its states are constants, and their rank is unknown")

UNFOLLOWED = Unknown("the shapes of its states are unknown, as its call could not be followed")


@dataclass(frozen=True, slots=True)
class State:
    """A state of a recurrent layer: its name, its shape with the batch, and how its layer computes with it.

    `meets_kernel` is whether the state is multiplied by a kernel, as `h` is; `c` is only scaled.
    """

    name: str
    shape: Shape
    is_unrolled: bool
    meets_kernel: bool


@dataclass(frozen=True, slots=True)
class StateCall:
    """A call of a recurrent layer with an `initial_state`: expected and given states, and the layers that give them."""

    model: Model
    call: SequenceCall
    expected: tuple[State, ...]
    given: tuple[Shape, ...]
    producers: tuple[Layer, ...]


def state_calls(model: Model) -> Iterator[StateCall | tuple[Layer, Unknown]]:
    """Every call with an `initial_state`, nested models included, or the reason why its states are unknown."""
    for inner in model.all_models:
        for call in sequence_calls(inner):
            if call.has_initial_state:
                expected = states(call.layer)
                given = expected if isinstance(expected, Unknown) else given_states(call, expected)
                if isinstance(expected, Unknown):
                    yield call.layer, expected
                elif isinstance(given, Unknown):
                    yield call.layer, given
                else:
                    layers = map(inner.producer, references(call.call.arguments["initial_state"]))
                    producers = tuple(producer for producer in layers if producer is not None)
                    yield StateCall(inner, call, expected, given, producers)


def given_states(call: SequenceCall, expected: tuple[State, ...]) -> tuple[Shape, ...] | Unknown:
    """The shapes of the states that a call gives its layer; unknown where they are constants of an unknown rank.

    They are also unknown where the call itself could not be followed.

    The file writes a constant as nested lists of numbers: an array of one state or, with one more axis, of all states.
    """
    state = expected[0].shape if expected else UNTOLD_RANK
    given = call.shapes.arguments.get("initial_state")
    if given is None:
        return UNFOLLOWED
    if not is_dims(state):
        return UNTOLD_RANK if is_constant(given) else tuple(leaves(given))
    return tuple(_shapes(given, len(state)))


def _shapes(given: Any, rank: int) -> Iterator[Shape]:
    if is_constant(given) and len(shape_of_array(given)) <= rank:
        yield shape_of_array(given)
    elif isinstance(given, list):
        for item in given:
            yield from _shapes(item, rank)
    else:
        yield from leaves(given)


def is_constant(given: Any) -> bool:
    """Whether a value is nested lists of numbers and nothing else."""
    if isinstance(given, list):
        return bool(given) and all(map(is_constant, given))
    return isinstance(given, int | float)


def misfits(state: State, given: Shape, semantics: Semantics) -> bool:
    """Whether a given shape is none that Keras computes with, axes of 1 that it broadcasts left out.

    A loop keeps the shapes of its states, so a state is broadcast where the layer is unrolled: along its batch, with
    Keras 3 along each axis that no kernel reads. An input of batch 1 is broadcast to its states by Keras 3.
    """
    if not is_dims(state.shape) or not is_dims(given) or len(state.shape) != len(given):
        return contradict(state.shape, given)
    broadcast = _broadcast_axes(state, len(given), semantics) if state.is_unrolled else range(0)
    open_given = tuple(None if size == 1 and axis in broadcast else size for axis, size in enumerate(given))
    is_single = semantics.broadcasts_states and state.shape[0] == 1
    return contradict((None, *state.shape[1:]) if is_single else state.shape, open_given)


def _broadcast_axes(state: State, rank: int, semantics: Semantics) -> range:
    if not semantics.broadcasts_states:
        return range(1)
    return range(rank - 1 if state.meets_kernel else rank)


def has_constant_state(call: LayerCall) -> bool:
    """Whether the states of a call are plain numbers, all or some."""
    return holds_numbers(call.arguments.get("initial_state"))


def holds_numbers(value: Any) -> bool:
    """Whether nested lists hold a list of numbers and nothing else."""
    return is_constant(value) or (isinstance(value, list) and any(map(holds_numbers, value)))


def states(layer: Layer) -> tuple[State, ...] | Unknown:
    """The states of a recurrent layer or Bidirectional in the order in which Keras takes them."""
    if layer.class_name == "Bidirectional":
        all_states: list[State] = []
        for role, prefix in PREFIXES.items():
            own = states(layer.children[role]) if role in layer.children else Unknown(f"its config holds no {role}")
            if isinstance(own, Unknown):
                return own
            all_states.extend(replace(state, name=prefix + state.name) for state in own)
        return tuple(all_states)
    kind = traits_of(layer.class_name).kind
    is_unrolled = bool(layer.config.get("unroll"))
    if kind is not None:
        shape = last_output(layer)
        return tuple(State(name, shape, is_unrolled, name == kind.states[0]) for name in kind.states)
    cell = layer.children.get("cell")
    if cell is None or isinstance(cell.outputs, Unknown) or not isinstance(cell.outputs, list):
        return Unknown("the states of its cell are unknown")
    shapes = enumerate(leaves(cell.outputs[1:]))
    return tuple(State(f"state {index}", shape, is_unrolled, meets_kernel=index == 0) for index, shape in shapes)
