"""Layers around a layer."""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Signature, Undetermined, joined, layer
from lstmlint.ir.dataclass import replace
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, Unknown, combine, is_dims
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import repeated, together, unknown_work, values
from lstmlint.keras.classes import traits_of

#: The modes in which `Bidirectional` combines its two directions.
MERGE_MODES = ("concat", "sum", "mul", "ave", None)

DIRECTIONS = ("forward", "backward")

#: Layers whose kernel had another name in Keras 2.
NO_KERNEL_IN_KERAS_2 = frozenset({"DepthwiseConv1D", "DepthwiseConv2D"})


@layer("TimeDistributed")
def time_distributed(call: Call) -> Signature:
    """The wrapped layer on each timestep of `(batch, timesteps, ...)`."""
    shape = call.tensor()
    if isinstance(shape, Unknown):
        signature = call.child("layer", shape)
        return Signature(shape, joined((call.child_name("layer"), signature.weights)), unknown_work(shape))
    if len(shape) < 3:
        raise Incompatible(f"expects an input of rank 3 or more and gets one of rank {len(shape)}")
    signature = call.child("layer", (shape[0], *shape[2:]))
    weights = joined((call.child_name("layer"), signature.weights))
    work = repeated(signature.work, signature.outputs, shape[1])
    return Signature(_over_time(signature.outputs, shape[1]), weights, work)


@layer("Bidirectional")
def bidirectional(call: Call) -> Signature:
    """One layer forwards and one backwards in time, their outputs merged; with `return_state`, the states of both.

    Raises:
        Incompatible: there is no backward layer, as no Keras makes one of a layer that holds a Bidirectional.
    """
    if "forward" in call.children and "backward" not in call.children:
        inside = call.children["forward"].written_class
        raise Incompatible(f"expects a recurrent layer with no Bidirectional in it and wraps such a {inside}")
    signatures = [call.child(role, call.inputs) for role in DIRECTIONS]
    parts = [(call.child_name(role), signature.weights) for role, signature in zip(DIRECTIONS, signatures, strict=True)]
    (forward, forward_states), (backward, backward_states) = (_split(signature.outputs) for signature in signatures)
    if call.semantics.bidirectional_doubles_forward:
        backward, backward_states = forward, forward_states
    merged = _merge(call, forward, backward)
    further = () if isinstance(merged, list) else values(merged)
    work = together((signature.work for signature in signatures), *further)
    states = [*forward_states, *backward_states]
    if not states:
        return Signature(merged, joined(*parts), work)
    return Signature([*(merged if isinstance(merged, list) else [merged]), *states], joined(*parts), work)


@layer("SpectralNormalization")
def spectral_normalization(call: Call) -> Signature:
    """The wrapped layer, and a vector `(1, kernel[-1])` that approximates the largest singular value of its kernel.

    Raises:
        Incompatible: the wrapped layer has no kernel.
    """
    signature = call.child("layer", call.inputs)
    if isinstance(signature.weights, Unknown):
        return signature
    inner, is_traced = call.children["layer"], call.semantics.outputs_are_traced
    if not traits_of(inner.class_name).has_kernel or (is_traced and inner.class_name in NO_KERNEL_IN_KERAS_2):
        raise Incompatible(f"expects a layer with a kernel or embeddings and wraps {inner.written_class}")
    if inner.quantization is not None:
        return replace(signature, weights=Unknown("it is unknown which of the quantized weights it normalizes"))
    kernel, *others = (replace(weight, name=f"{inner.name}/{weight.name}") for weight in signature.weights)
    vector = Weight("vector_u", (1, kernel.shape[-1]), trainable=False, dtype=kernel.dtype)
    if is_traced:
        reason = Unknown("tf.keras trains the kernel of a frozen layer inside")
        weights = (kernel, *others, vector) if inner.is_trainable else reason
        return Signature(signature.outputs, weights, signature.work)
    ordered = (vector, kernel) if inner.config.get("lora_rank") else (kernel, vector)
    return Signature(signature.outputs, (*ordered, *others), signature.work)


def _merge(call: Call, forward: Structure, backward: Structure) -> Structure:
    mode = call.config.get("merge_mode")
    if mode not in MERGE_MODES:
        raise Undetermined(f"its merge_mode is {mode!r}", is_refusal=True)
    if mode is None:
        return [forward, backward]
    if mode != "concat" or not is_dims(forward) or not is_dims(backward):
        return forward
    return (*forward[:-1], combine(int.__add__, forward[-1], backward[-1]))


def _split(outputs: Structure) -> tuple[Structure, list[Structure]]:
    """The output of a recurrent layer, and its states if it returns them."""
    return (outputs[0], outputs[1:]) if isinstance(outputs, list) and outputs else (outputs, [])


def _over_time(outputs: Structure, steps: Dim) -> Structure:
    """The outputs of one timestep as outputs of a sequence."""
    if isinstance(outputs, Unknown):
        return outputs
    if isinstance(outputs, list):
        return [_over_time(item, steps) for item in outputs]
    if isinstance(outputs, dict):
        return {key: _over_time(item, steps) for key, item in outputs.items()}
    sequence: Dims = (outputs[0], steps, *outputs[1:])
    return sequence
