"""Layers around a layer."""

from __future__ import annotations

from lstmlint.layers.call import Call, Signature, joined, layer
from lstmlint.shape import Dim, Dims, Incompatible, Structure, Unknown, combine, is_dims

#: How `Bidirectional` combines its two directions.
MERGE_MODES = ("concat", "sum", "mul", "ave", None)

DIRECTIONS = ("forward", "backward")


@layer("TimeDistributed")
def time_distributed(call: Call) -> Signature:
    """The wrapped layer on each timestep of `(batch, timesteps, ...)`."""
    shape = call.tensor()
    if isinstance(shape, Unknown):
        signature = call.child("layer", shape)
        return Signature(shape, joined((call.child_name("layer"), signature.weights)))
    if len(shape) < 3:
        raise Incompatible(f"expects an input of rank 3 or more and gets one of rank {len(shape)}")
    signature = call.child("layer", (shape[0], *shape[2:]))
    weights = joined((call.child_name("layer"), signature.weights))
    return Signature(_over_time(signature.outputs, shape[1]), weights)


@layer("Bidirectional")
def bidirectional(call: Call) -> Signature:
    """One layer forwards and one backwards in time, their outputs merged; with `return_state`, the states of both."""
    signatures = [call.child(role, call.inputs) for role in DIRECTIONS]
    parts = [(call.child_name(role), signature.weights) for role, signature in zip(DIRECTIONS, signatures, strict=True)]
    (forward, forward_states), (backward, backward_states) = (_split(signature.outputs) for signature in signatures)
    if call.semantics.bidirectional_doubles_forward:
        backward, backward_states = forward, forward_states
    merged = _merge(call, forward, backward)
    states = [*forward_states, *backward_states]
    if not states:
        return Signature(merged, joined(*parts))
    return Signature([*(merged if isinstance(merged, list) else [merged]), *states], joined(*parts))


def _merge(call: Call, forward: Structure, backward: Structure) -> Structure:
    mode = call.config.get("merge_mode")
    if mode not in MERGE_MODES:
        raise Incompatible(f"expects a merge_mode of {MERGE_MODES} and has {mode!r}")
    if mode is None:
        return [forward, backward]
    if mode != "concat" or not is_dims(forward) or not is_dims(backward):
        return forward
    return (*forward[:-1], combine(int.__add__, forward[-1], backward[-1]))


def _split(outputs: Structure) -> tuple[Structure, list[Structure]]:
    """The output of a recurrent layer, and its states if it returns them."""
    return (outputs[0], outputs[1:]) if isinstance(outputs, list) and outputs else (outputs, [])


def _over_time(outputs: Structure, steps: Dim) -> Structure:
    """The outputs of one timestep as those of a sequence."""
    if isinstance(outputs, Unknown):
        return outputs
    if isinstance(outputs, list):
        return [_over_time(item, steps) for item in outputs]
    if isinstance(outputs, dict):
        return {key: _over_time(item, steps) for key, item in outputs.items()}
    sequence: Dims = (outputs[0], steps, *outputs[1:])
    return sequence
