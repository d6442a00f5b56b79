"""Activations as layers of their own; the shape stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.inference.layers.call import Call, LayerFunction, Signature, Undetermined, layer
from lstmlint.ir.dataclass import replace
from lstmlint.ir.shape import Dims, Incompatible, Shape, Unknown, first, is_dims, to_text
from lstmlint.ir.weight import Weight

#: Names of the weights that an activation learns, by class name; the last two are of Keras 1.
LEARNED = {
    "PReLU": ("alpha",),
    "ParametricSoftplus": ("alphas", "betas"),
    "SReLU": ("t_left", "a_left", "t_right", "a_right"),
}


@layer("ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", weights=False)
def activation(call: Call) -> Signature:
    """An activation of each element, without weights."""
    return Signature(call.inputs)


@layer("Softmax", weights=False)
def softmax(call: Call) -> Signature:
    """A softmax along one axis or several; a mask may be an argument of the call."""
    return Signature(call.tensor())


@layer("PReLU", "ParametricSoftplus", "SReLU")
def learned_activation(call: Call) -> Signature:
    """One slope for each element of a sample, with 1 along shared axes; some classes learn several numbers for each."""
    shape = call.shape()
    if "shared_axes" not in call.config:
        return Signature(shape, Unknown("its config does not tell which axes share their slopes"))
    slopes = _slopes(shape, _shared_axes(call))
    return Signature(shape, tuple(Weight(name, slopes) for name in LEARNED[call.class_name]))


def _slopes(shape: Dims, shared_axes: list[int]) -> Dims:
    """The shape of the slopes. Axes count from the batch, but index a list without it, so -1 means -2."""
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


#: Keys of a config that may hold an activation with weights.
ACTIVATION_KEYS = ("activation", "recurrent_activation")


def with_activations(call: Call, signature: Signature, learned: LayerFunction) -> Signature:
    """A signature that includes the weights of activations that are layers, as tf.keras counts them.

    Raises:
        Incompatible: the activation has a slope for each position of an open dimension.
    """
    layers = [config for key in ACTIVATION_KEYS if (config := _prelu(call.config.get(key))) is not None]
    if not layers or not call.semantics.outputs_are_traced or isinstance(signature.weights, Unknown):
        return signature
    activated = _activated(call, signature)
    parts: list[Weight] = []
    for config in layers:
        weights = learned(replace(call, class_name="PReLU", config=config, inputs=activated)).weights
        if isinstance(weights, Unknown):
            return replace(signature, weights=weights)
        if any(None in weight.shape for weight in weights):
            raise Incompatible(f"has a slope for each position and gets {to_text(activated)}")
        name, trains = config.get("name"), config.get("trainable") is not False
        parts += [replace(weight, name=f"{name}/{weight.name}", trainable=trains) for weight in weights]
    return replace(signature, weights=(*signature.weights, *parts))


def _prelu(activation: Any) -> Mapping[str, Any] | None:
    """The config of a PReLU in place of the name of an activation; `None` where there is none."""
    is_prelu = isinstance(activation, dict) and activation.get("class_name") == "PReLU"
    config = activation.get("config") if is_prelu else None
    return config if isinstance(config, dict) else None


def _activated(call: Call, signature: Signature) -> Shape:
    """The shape on which an activation is called: the output, or one timestep of it where it is a sequence."""
    outputs = first(signature.outputs)
    if is_dims(outputs) and call.flag("return_sequences"):
        return (outputs[1 if call.flag("time_major") else 0], *outputs[2:])
    return outputs
