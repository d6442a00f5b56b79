"""Activations that are layers of their own: the shape stays."""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dims, Incompatible, Unknown
from lstmlint.ir.weight import Weight

#: What an activation learns, by class name; the last two are Keras 1's.
LEARNED = {
    "PReLU": ("alpha",),
    "ParametricSoftplus": ("alphas", "betas"),
    "SReLU": ("t_left", "a_left", "t_right", "a_right"),
}


@layer("ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", weights=False)
def activation(call: Call) -> Signature:
    """Element by element, without weights."""
    return Signature(call.inputs)


@layer("Softmax", weights=False)
def softmax(call: Call) -> Signature:
    """Along one axis or several; a mask may come as an argument of the call."""
    return Signature(call.tensor())


@layer("PReLU", "ParametricSoftplus", "SReLU")
def learned_activation(call: Call) -> Signature:
    """A slope for each element of a sample, with 1 along the shared axes; some learn several numbers for each."""
    shape = call.shape()
    if "shared_axes" not in call.config:
        return Signature(shape, Unknown("its config does not tell which axes share their slopes"))
    slopes = _slopes(shape, _shared_axes(call))
    return Signature(shape, tuple(Weight(name, slopes) for name in LEARNED[call.class_name]))


def _slopes(shape: Dims, shared_axes: list[int]) -> Dims:
    """The shape of the slopes; axes count from the batch, as an index into the list without it (so -1 means -2)."""
    slopes = list(shape[1:])
    for axis in shared_axes:
        if not -len(slopes) <= axis - 1 < len(slopes):
            raise Incompatible(f"expects shared axes within an input of rank {len(shape)} and gets {axis}")
        slopes[axis - 1] = 1
    return tuple(slopes)


def _shared_axes(call: Call) -> list[int]:
    """The shared axes of the config: none, one, or a list.

    Raises:
        Undetermined: they are no integers.
    """
    value = call.config["shared_axes"]
    axes = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(axis, int) for axis in axes):
        raise Undetermined("its shared axes are no integers")
    return axes
