"""LSTM, GRU and SimpleRNN of Keras 1, 2 and 3, and the layers of Keras 2 for GPUs: one step after another.

The formulas are those of Keras 1.2.2 (`layers/recurrent.py`), 2.3.1 (`layers/recurrent.py`,
`layers/cudnn_recurrent.py`) and 3.15.1 (`layers/rnn`); each gate is computed with tensors of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from lstmlint.fixing.certificate.functions import Array, Function, NotComputedError, function
from lstmlint.ir.dataclass import dataclass
from lstmlint.keras.classes import KINDS, kind_of, traits_of


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate: a kernel and a bias for the input, and a kernel and a bias for the state."""

    kernel: Array
    recurrent: Array
    bias: Array
    recurrent_bias: Array

    @property
    def is_whole(self) -> bool:
        """Whether its tensors have equal numbers of units."""
        units = self.recurrent.shape[:1]
        ends = [tensor.shape[-1:] for tensor in (self.kernel, self.recurrent, self.bias, self.recurrent_bias)]
        return ends == [units] * len(ends)

    def of_input(self, inputs: Array) -> Array:
        """The share of the inputs `(batch, features)`: `x W + b`, of shape `(batch, units)`."""
        return inputs @ self.kernel + self.bias

    def of_state(self, state: Array) -> Array:
        """The share of the state `(batch, units)`: `h U + b'`, of the same shape."""
        return state @ self.recurrent + self.recurrent_bias

    def both(self, inputs: Array, state: Array) -> Array:
        """The sum of both shares."""
        return self.of_input(inputs) + self.of_state(state)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A recurrent layer ready to be computed."""

    kind: str
    gates: Mapping[str, Gate]
    activation: Function
    gate_activation: Function
    resets_after: bool
    goes_backwards: bool
    returns_sequences: bool
    zeroes_masked: bool = False

    @property
    def units(self) -> int:
        """The number of units."""
        return int(next(iter(self.gates.values())).recurrent.shape[0])


States: TypeAlias = tuple[Array, ...]
Step: TypeAlias = Callable[[Recurrence, Array, States], States]


def lstm_step(layer: Recurrence, inputs: Array, states: States) -> States:
    """The states `h` and `c` after a timestep: `c' = f c + i g(candidate)` and `h' = o g(c')`."""
    hidden, cell = states
    raw = {name: gate.both(inputs, hidden) for name, gate in layer.gates.items()}
    write, forget, read = (layer.gate_activation(raw[name]) for name in ("i", "f", "o"))
    cell = forget * cell + write * layer.activation(raw["c"])
    return read * layer.activation(cell), cell


def gru_step(layer: Recurrence, inputs: Array, states: States) -> States:
    """The state after a timestep: `h' = z h + (1 - z) g(candidate)`; `r` acts before or after the product with `U`."""
    (hidden,) = states
    keep, reset = (layer.gate_activation(layer.gates[name].both(inputs, hidden)) for name in ("z", "r"))
    gate = layer.gates["h"]
    if layer.resets_after:
        candidate = gate.of_input(inputs) + reset * gate.of_state(hidden)
    else:
        candidate = gate.both(inputs, reset * hidden)
    return (keep * hidden + (1 - keep) * layer.activation(candidate),)


def simple_step(layer: Recurrence, inputs: Array, states: States) -> States:
    """The state after a timestep: `h' = g(x W + h U + b)`."""
    return (layer.activation(layer.gates[""].both(inputs, states[0])),)


STEPS: Mapping[str, Step] = {"LSTM": lstm_step, "GRU": gru_step, "SimpleRNN": simple_step}


def recurrence(
    class_name: str, config: Mapping[str, Any], tensors: Sequence[Array], hard_sigmoid_slope: float
) -> Recurrence:
    """A layer or cell with its stored tensors, in any layout.

    `config` is in today's vocabulary with the defaults of the Keras that computes it.

    Raises:
        NotComputedError: the class or a function is not computed here, or the tensors do not fit the class.
    """
    traits, kind = traits_of(class_name), traits_of(class_name).kind
    if kind is None or any(tensor.ndim > 2 for tensor in tensors):
        raise NotComputedError(f"{class_name} is not computed here")
    config = {**config, **kind.cudnn} if traits.is_cudnn else config
    return Recurrence(
        kind.name,
        gates_in(class_name, [tensor.astype(np.float64) for tensor in tensors]),
        function(config.get("activation"), hard_sigmoid_slope),
        function(config.get(kind.gate_activation), hard_sigmoid_slope),
        bool(config.get("reset_after")),
        bool(config.get("go_backwards")),
        bool(config.get("return_sequences")),
        bool(config.get("zero_output_for_mask")),
    )


def gates_in(class_name: str, tensors: Sequence[Array]) -> Mapping[str, Gate]:
    """The gates of a layer by name.

    Raises:
        NotComputedError: the number or the shapes of the tensors are not those of the class.
    """
    kind = kind_of(class_name)
    names = kind.letters
    try:
        if len(tensors) == 3 * len(names) and len(names) > 1:
            gates = _gates_apart(kind.keras1_letters, tensors)
        elif traits_of(class_name).is_cudnn:
            gates = _cudnn_gates(names, tensors)
        else:
            gates = _gates_side_by_side(names, tensors)
    except (ValueError, IndexError):
        gates = {}
    if not gates or not all(gate.is_whole for gate in gates.values()):
        raise NotComputedError(f"its tensors are not those of a {class_name}")
    return gates


def _gates_apart(names: Sequence[str], tensors: Sequence[Array]) -> Mapping[str, Gate]:
    """Keras 1 with `consume_less` other than "gpu": kernel, recurrent kernel and bias of each gate."""
    none = np.zeros_like(tensors[2])
    kinds = zip(tensors[0::3], tensors[1::3], tensors[2::3], strict=True)
    return {name: Gate(*kind, none) for name, kind in zip(names, kinds, strict=True)}


def _gates_side_by_side(names: Sequence[str], tensors: Sequence[Array]) -> Mapping[str, Gate]:
    """Keras since version 2: all gates in one kernel; a second row of biases, if there is one, is for the state."""
    kernel, recurrent, *biases = tensors
    rows = biases[0].reshape(-1, kernel.shape[1]) if biases else np.zeros((1, kernel.shape[1]))
    rows = np.concatenate([rows, np.zeros_like(rows)])[:2]
    parts = zip(*(np.split(tensor, len(names), axis=-1) for tensor in (kernel, recurrent, *rows)), strict=True)
    return {name: Gate(*part) for name, part in zip(names, parts, strict=True)}


def _cudnn_gates(names: Sequence[str], tensors: Sequence[Array]) -> Mapping[str, Gate]:
    """cuDNN: the values of a gate's kernel, in the order of the file, are a matrix with a row for each unit."""
    kernel, recurrent, bias = tensors
    units = recurrent.shape[0]
    gates = {}
    for index, name in enumerate(names):
        columns = slice(index * units, (index + 1) * units)
        of_input, of_state = bias[: len(bias) // 2][columns], bias[len(bias) // 2 :][columns]
        rows = kernel[:, columns].ravel().reshape(units, -1)
        gates[name] = Gate(rows.T, recurrent[:, columns].ravel().reshape(units, units).T, of_input, of_state)
    return gates


def run(
    layer: Recurrence, sequence: Array, states: States | None = None, mask: Array | None = None
) -> tuple[Array, States]:
    """The output for a sequence `(batch, timesteps, features)`, and the last states.

    Where a mask `(batch, timesteps)` is false, the states stay and the output is the first of them (Keras 3.15.1,
    `backend/jax/rnn.py`).
    """
    zeros = np.zeros((len(sequence), layer.units))
    states = states or (zeros,) * len(KINDS[layer.kind].states)
    step = STEPS[layer.kind]
    outputs: list[Array] = []
    for index in range(sequence.shape[1])[:: -1 if layer.goes_backwards else 1]:
        counts = np.ones((len(sequence), 1), bool) if mask is None else mask[:, index, None]
        stepped = step(layer, sequence[:, index], states)
        before = zeros if layer.zeroes_masked else states[0]
        outputs.append(np.where(counts, stepped[0], before))
        states = tuple(np.where(counts, new, old) for new, old in zip(stepped, states, strict=True))
    return (np.stack(outputs, axis=1) if layer.returns_sequences else outputs[-1]), states


def merge(there: Array, back: Array, mode: str | None, *, are_sequences: bool) -> Array | tuple[Array, Array]:
    """The outputs of a Bidirectional from the outputs of its two directions; the second direction starts at the end.

    Raises:
        NotComputedError: Keras has no such mode.
    """
    back = back[:, ::-1] if are_sequences else back
    if mode is None:
        return there, back
    if mode not in MERGES:
        raise NotComputedError(f"merge_mode {mode!r} is not computed here")
    return MERGES[mode](there, back)


MERGES: Mapping[str, Callable[[Array, Array], Array]] = {
    "concat": lambda there, back: np.concatenate([there, back], axis=-1),
    "sum": lambda there, back: there + back,
    "mul": lambda there, back: there * back,
    "ave": lambda there, back: (there + back) / 2,
}
