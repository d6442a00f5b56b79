"""Recurrent layers and their cells.

A gate is a kernel `(features, units)`, a recurrent kernel `(units, units)` and a bias `(units,)`. Keras stores the
gates of a layer side by side in one kernel (Keras, `layers/rnn/lstm.py`, `LSTMCell.build`); Keras 1 stores each gate
apart. No weight depends on the number of timesteps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Call, Signature, Undetermined, joined, layer
from lstmlint.ir.shape import Dim, Dims, Shape, Structure, Unknown, combine, product
from lstmlint.ir.weight import Weight, Weights
from lstmlint.ir.work import Amount, Work, multiplied, repeated, together
from lstmlint.keras.classes import Kind, dimensions_of, kind_of, traits_of


@layer("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU")
def recurrent(call: Call) -> Signature:
    """A sequence `(batch, timesteps, features)` becomes `(batch, units)`, or a sequence of it, and the last states."""
    batch, steps, features = _sequence(call, 3)
    kind, units = kind_of(call.class_name), call.positive("units")
    last: Dims = (batch, units)
    outputs, weights = _outputs(call, steps, last, [last] * len(kind.states)), _weights(call, kind, features)
    return Signature(outputs, weights, repeated(_step(kind, weights, last), outputs, steps))


@layer("LSTMCell", "GRUCell", "SimpleRNNCell")
def cell(call: Call) -> Signature:
    """One timestep `(batch, features)`; the outputs are the output `(batch, units)` and the states."""
    batch, features = call.dims(2)
    kind, units = kind_of(call.class_name), call.positive("units")
    state: Dims = (batch, units)
    weights = _weights(call, kind, features)
    return Signature([state, *[state] * len(kind.states)], weights, _step(kind, weights, state))


@layer("StackedRNNCells")
def stacked_cells(call: Call) -> Signature:
    """Cells on top of each other; outputs are the output of the last cell, then the states of all, in either order."""
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
    rank = dimensions_of(call.class_name)
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
    kind = kind_of(call.class_name)
    kernel = partial(spatial.kernel_shape, call, sizes[0])
    weights = tuple(_gate_weights(call, kind, kernel, channels, filters))
    outputs = _outputs(call, steps, last, [last] * len(kind.states))
    return Signature(outputs, weights, repeated(_step(kind, weights, last, slid), outputs, steps))


def _sequence(call: Call, rank: int) -> Dims:
    """Batch, timesteps and the rest of the input, in this order."""
    shape = call.dims(rank)
    return (shape[1], shape[0], *shape[2:]) if call.flag("time_major") else shape


def _step(kind: Kind, weights: tuple[Weight, ...], state: Dims, positions: Dims = ()) -> Work:
    """The work of one timestep: every kernel once at each position, the states, `kind.kept` values for each unit."""
    products = (multiplied((*weight.shape, *positions)) for weight in weights if not weight.name.startswith("b"))
    values = product(state[1:])
    kept = combine(lambda known: known * kind.kept, values)
    return Work(tuple(products), (Amount(values),) * len(kind.states), (Amount(kept),))


def _outputs(call: Call, steps: Dim, last: Dims, states: list[Structure]) -> Structure:
    output = last
    if call.flag("return_sequences"):
        output = (steps, *last) if call.flag("time_major") else (last[0], steps, *last[1:])
    return [output, *states] if call.flag("return_state") else output


def _weights(call: Call, kind: Kind, features: Dim) -> tuple[Weight, ...]:
    return tuple(_gate_weights(call, kind, lambda *shape: shape, features, call.positive("units")))


def _gate_weights(
    call: Call, kind: Kind, kernel: Callable[[Dim, Dim], Dims], features: Dim, units: int
) -> Iterator[Weight]:
    """Kernel, recurrent kernel and bias: the gates side by side, or apart where the writer stored them apart."""
    if call.semantics.separate_gate_weights and call.config.get("consume_less") != "gpu":
        for name in kind.keras1_letters:
            suffix = f"_{name}" if name else ""
            yield Weight(f"W{suffix}", kernel(features, units))
            yield Weight(f"U{suffix}", kernel(units, units))
            yield Weight(f"b{suffix}", (units,))
        return
    width = len(kind.gates) * units
    yield Weight("kernel", kernel(features, width))
    yield Weight("recurrent_kernel", kernel(units, width))
    if call.flag("use_bias"):
        yield Weight("bias", bias_shape(call, width))


def bias_shape(call: Call, width: int) -> Dims:
    """The bias of all gates: cuDNN layers have two biases in one row, GRU with `reset_after` has two rows."""
    if traits_of(call.class_name).is_cudnn:
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
