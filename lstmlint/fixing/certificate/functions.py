"""The activations of recurrent layers, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstmlint.analyses.activations import named
from lstmlint.ir.shape import Unknown

Array: TypeAlias = NDArray[Any]
Function: TypeAlias = Callable[[Array], Array]

#: Beyond this value a sigmoid is 0 or 1, and `exp` is not needed.
SATURATED = 80.0


def sigmoid(values: Array) -> Array:
    """`1 / (1 + exp(-x))`."""
    ratio: Array = 1 / (1 + np.exp(-np.clip(values, -SATURATED, SATURATED)))
    return ratio


def softmax(values: Array) -> Array:
    """`exp(x) / sum(exp(x))` along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares


#: The functions that are equal in every Keras.
FUNCTIONS: Mapping[str, Function] = {
    "linear": lambda values: values,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "relu": lambda values: np.maximum(values, 0),
    "softmax": softmax,
    "softplus": lambda values: np.logaddexp(values, 0),
    "softsign": lambda values: values / (1 + np.abs(values)),
    "exponential": np.exp,
    "elu": lambda values: np.where(values > 0, values, np.expm1(np.minimum(values, 0))),
}


def hard_sigmoid(slope: float) -> Function:
    """The function `clip(slope * x + 0.5, 0, 1)`."""
    return lambda values: np.clip(slope * values + 0.5, 0, 1)


#: Why a layer without weights other than zero is no evidence.
ALL_ZERO = "its weights are all zero, so that equal outputs would show nothing"


class NotComputedError(Exception):
    """A class or function is not computed here; the message names it."""


def function(value: Any, hard_sigmoid_slope: float) -> Function:
    """The function that a config names, with the `hard_sigmoid` of some Keras.

    Raises:
        NotComputedError: it is not computed here.
    """
    written_out = _line_and_limits(value)
    if written_out is not None:
        return written_out
    name = named(value)
    if name == "hard_sigmoid":
        return hard_sigmoid(hard_sigmoid_slope)
    if isinstance(name, Unknown) or name not in FUNCTIONS:
        raise NotComputedError(name.reason if isinstance(name, Unknown) else f"{name} is not computed here")
    return FUNCTIONS[name]


def _line_and_limits(value: Any) -> Function | None:
    """The function of a `Rescaling` and then a `ReLU` with a `max_value`; `None` for any other config."""
    config = value.get("config") if isinstance(value, Mapping) and value.get("class_name") == "Sequential" else None
    layers = config.get("layers") if isinstance(config, Mapping) else None
    if not isinstance(layers, list) or not all(isinstance(layer, Mapping) for layer in layers):
        return None
    if [layer.get("class_name") for layer in layers] != ["Rescaling", "ReLU"]:
        return None
    line, limits = (layer["config"] for layer in layers)
    scale, offset, ceiling = line["scale"], line["offset"], limits["max_value"]
    return lambda values: np.clip(scale * values + offset, 0, ceiling)
