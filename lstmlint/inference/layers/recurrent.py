"""Recurrent layers and their cells.

A gate is a kernel `(features, units)`, a recurrent kernel `(units, units)` and a bias `(units,)`; Keras keeps the gates
of a layer side by side in one kernel (Keras, `layers/rnn/lstm.py`, `LSTMCell.build`), Keras 1 each apart. The number of
timesteps enters no weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Call, Signature, Undetermined, joined, layer
from lstmlint.ir.shape import Dim, Dims, Shape, Structure, Unknown, combine, product
from lstmlint.ir.weight import Weight, Weights
from lstmlint.ir.work import Amount, Work, multiplied, repeated, together


@dataclass(frozen=True, slots=True)
class Gates:
    """The make-up of a recurrent class: its gates as Keras 1 names and orders them, its states, and what it keeps.

    `kept` is how many values for each unit the formulas of the gradient multiply with at each timestep.
    """

    names: tuple[str, ...]
    states: int
    kept: int

    @property
    def count(self) -> int:
        return len(self.names)


GATES: Mapping[str, Gates] = {
    # The gates, the cell state and its tanh, the output.
    "LSTM": Gates(("i", "c", "f", "o"), 2, kept=7),
    # The gates, the product with the last output (or the last output times its gate), the output.
    "GRU": Gates(("z", "r", "h"), 1, kept=5),
    # The output.
    "SimpleRNN": Gates(("",), 1, kept=1),
}

#: Which of them a class is.
KINDS: Mapping[str, str] = {
    "LSTM": "LSTM", "LSTMCell": "LSTM", "CuDNNLSTM": "LSTM",
    "GRU": "GRU", "GRUCell": "GRU", "CuDNNGRU": "GRU",
    "SimpleRNN": "SimpleRNN", "SimpleRNNCell": "SimpleRNN",
    "ConvLSTM1D": "LSTM", "ConvLSTM2D": "LSTM", "ConvLSTM3D": "LSTM",
}  # fmt: skip

#: Spatial dimensions of the convolutional recurrent layers.
CONVOLUTIONAL_RANKS: Mapping[str, int] = {"ConvLSTM1D": 1, "ConvLSTM2D": 2, "ConvLSTM3D": 3}


@layer("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU")
def recurrent(call: Call) -> Signature:
    """A sequence `(batch, timesteps, features)` becomes `(batch, units)`, or a sequence of it, and the last states."""
    batch, steps, features = _sequence(call, 3)
    gates, units = gates_of(call.class_name), call.positive("units")
    last: Dims = (batch, units)
    outputs, weights = _outputs(call, steps, last, [last] * gates.states), _weights(call, gates, features)
    return Signature(outputs, weights, repeated(_step(gates, weights, last), outputs, steps))


@layer("LSTMCell", "GRUCell", "SimpleRNNCell")
def cell(call: Call) -> Signature:
    """One timestep `(batch, features)`; the outputs are the output `(batch, units)` and the states."""
    batch, features = call.dims(2)
    gates, units = gates_of(call.class_name), call.positive("units")
    state: Dims = (batch, units)
    weights = _weights(call, gates, features)
    return Signature([state, *[state] * gates.states], weights, _step(gates, weights, state))


@layer("StackedRNNCells")
def stacked_cells(call: Call) -> Signature:
    """Cells on top of each other; the outputs are that of the last, then the states of each, in either order."""
    inputs: Structure = call.tensor()
    states: list[Structure] = []
    parts: list[tuple[str, Weights]] = []
    works: list[Work] = []
    for role in call.children:
        signature = call.child(role, inputs)
        works.append(signature.work)
        inputs, cell_states = _cell_outputs(signature)
        states.append(cell_states[0] if len(cell_states) == 1 else cell_states)
        parts.append((call.child_name(role), signature.weights))
    if not parts:
        raise Undetermined("its config holds no cells")
    is_reversed = call.semantics.reverses_cell_states or call.flag("reverse_state_order")
    return Signature([inputs, *(reversed(states) if is_reversed else states)], joined(*parts), together(works))


@layer("RNN")
def recurrent_with_cell(call: Call) -> Signature:
    """A cell, unrolled over the timesteps of `(batch, timesteps, ...)`."""
    shape = call.tensor()
    batch, steps, *features = _sequence(call, 3 if isinstance(shape, Unknown) else max(3, len(shape)))
    step: Shape = shape if isinstance(shape, Unknown) else (batch, *features)
    signature = call.child("cell", step)
    last, states = _cell_outputs(signature)
    if isinstance(last, Unknown):
        raise Undetermined(last.reason)
    flat = states if call.semantics.nested_cell_states else list(_flat(states))
    outputs, weights = _outputs(call, steps, last, flat), joined((call.child_name("cell"), signature.weights))
    return Signature(outputs, weights, repeated(signature.work, outputs, steps))


@layer("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def convolutional_lstm(call: Call) -> Signature:
    """An LSTM whose products are convolutions: kernel `(*kernel_size, channels, 4 * filters)`.

    The recurrent convolution keeps the size, so its kernel is `(*kernel_size, filters, 4 * filters)`.
    """
    rank = CONVOLUTIONAL_RANKS[call.class_name]
    batch, steps, *rest = call.dims(rank + 3)
    _, lengths, channels = spatial.split((batch, *rest), call.channels_first)
    filters = call.positive("filters")
    sizes = [call.integers(key, rank) for key in ("kernel_size", "strides", "dilation_rate")]
    padding = call.text("padding").lower()
    slid = tuple(
        spatial.window_length(length, size, stride, padding, dilation)
        for length, size, stride, dilation in zip(lengths, *sizes, strict=True)
    )
    last = spatial.joined(batch, slid, filters, call.channels_first)
    gates = gates_of(call.class_name)
    kernel = partial(spatial.kernel_shape, call, sizes[0])
    weights = tuple(_gate_weights(call, gates, kernel, channels, filters))
    outputs = _outputs(call, steps, last, [last] * gates.states)
    return Signature(outputs, weights, repeated(_step(gates, weights, last, slid), outputs, steps))


def gates_of(class_name: str) -> Gates:
    """The gates of a recurrent class or cell."""
    return GATES[KINDS[class_name]]


def _sequence(call: Call, rank: int) -> Dims:
    """Batch, timesteps and the rest of the input, in this order."""
    shape = call.dims(rank)
    return (shape[1], shape[0], *shape[2:]) if call.flag("time_major") else shape


def _step(gates: Gates, weights: tuple[Weight, ...], state: Dims, positions: Dims = ()) -> Work:
    """One timestep: every kernel once at each position, and the values of a state for each thing that is kept."""
    products = (multiplied((*weight.shape, *positions)) for weight in weights if not weight.name.startswith("b"))
    values = product(state[1:])
    kept = combine(lambda known: known * gates.kept, values)
    return Work(tuple(products), (Amount(values),) * gates.states, (Amount(kept),))


def _outputs(call: Call, steps: Dim, last: Dims, states: list[Structure]) -> Structure:
    output = last
    if call.flag("return_sequences"):
        output = (steps, *last) if call.flag("time_major") else (last[0], steps, *last[1:])
    return [output, *states] if call.flag("return_state") else output


def _weights(call: Call, gates: Gates, features: Dim) -> tuple[Weight, ...]:
    return tuple(_gate_weights(call, gates, lambda *shape: shape, features, call.positive("units")))


def _gate_weights(
    call: Call, gates: Gates, kernel: Callable[[Dim, Dim], Dims], features: Dim, units: int
) -> Iterator[Weight]:
    """Kernel, recurrent kernel and bias: side by side, or apart for each gate where the writer kept them so."""
    if call.semantics.separate_gate_weights and call.config.get("consume_less") != "gpu":
        for name in gates.names:
            suffix = f"_{name}" if name else ""
            yield Weight(f"W{suffix}", kernel(features, units))
            yield Weight(f"U{suffix}", kernel(units, units))
            yield Weight(f"b{suffix}", (units,))
        return
    width = gates.count * units
    yield Weight("kernel", kernel(features, width))
    yield Weight("recurrent_kernel", kernel(units, width))
    if call.flag("use_bias"):
        yield Weight("bias", bias_shape(call, width))


def bias_shape(call: Call, width: int) -> Dims:
    """The bias of all gates: cuDNN layers keep two in one row, GRU with `reset_after` two rows."""
    if call.class_name.startswith("CuDNN"):
        return (2 * width,)
    return (2, width) if call.flag("reset_after") else (width,)


def _cell_outputs(signature: Signature) -> tuple[Dims | Unknown, list[Structure]]:
    outputs = signature.outputs
    if isinstance(outputs, list) and outputs and isinstance(outputs[0], tuple | Unknown):
        return outputs[0], outputs[1:]
    return outputs if isinstance(outputs, Unknown) else Unknown("its cell's outputs are unknown"), []


def _flat(states: list[Structure]) -> Iterator[Structure]:
    for state in states:
        if isinstance(state, list):
            yield from _flat(state)
        else:
            yield state
