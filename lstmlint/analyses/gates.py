"""The parameters of a recurrent layer by gates, units and features.

Every number comes from the weights that the layer function declared, so it cannot disagree with the count.
"""

from __future__ import annotations

import math
from typing import Any

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.model import Layer, count
from lstmlint.ir.shape import LARGEST, Unknown
from lstmlint.ir.words import counted
from lstmlint.keras.classes import kind_of, traits_of


def is_gated(layer: Layer) -> bool:
    """Whether a layer is a recurrent layer or cell with gates of its own, and all its counts are known."""
    return traits_of(layer.class_name).has_gates and bool(layer.weights) and not isinstance(layer.params, Unknown)


def gated_formula(layer: Layer) -> str:
    """The parameter count as `4 gates x 3 units x (2 features + 3 units + 1 bias)`, from the shapes of the weights.

    An activation with weights of its own adds ` + 3 of p_re_lu`.
    """
    weights = () if isinstance(layer.weights, Unknown) else layer.weights
    slopes = [weight for weight in weights if weight.name.endswith("/alpha")]
    return _formula(gate_parts(layer)) + "".join(f" + {count([slope]):,} of {slope.name[:-6]}" for slope in slopes)


def product_formula(layer: Layer) -> str:
    """The multiply-adds of one timestep, at one position of an image: `4 gates x 3 units x (2 features + 3 units)`."""
    return _formula(replace(gate_parts(layer), biases=0))


def _formula(parts: GateParts) -> str:
    kernel = " x ".join(map(str, parts.window))
    around = f"{kernel} kernel x " if kernel else ""
    noun = "filter" if parts.window else "unit"
    source = "channel" if parts.window else "feature"
    terms = [f"{around}{counted(parts.inputs, source)}", f"{around}{counted(parts.units, noun)}"]
    if parts.biases:
        terms.append(counted(parts.biases, "bias", "biases"))
    gates = f"{parts.gates} gates x " if parts.gates > 1 else ""
    return f"{gates}{counted(parts.units, noun)} x ({' + '.join(terms)})"


@dataclass(frozen=True, slots=True)
class GateParts:
    """The numbers in a recurrent layer's count; `window` is the kernel size of a convolutional layer."""

    gates: int
    units: int
    inputs: int
    window: tuple[int, ...]
    biases: int

    def units_within(self, limit: int) -> int:
        """The largest number of units with which the layer stays within a number of parameters.

        The largest whole `u` with `gates * u * (w * inputs + w * u + biases) <= limit`, where `w`
        is the size of the window.
        """
        window = math.prod(self.window)
        linear = window * self.inputs + self.biases
        bound = math.isqrt(linear * linear + 4 * window * (limit // self.gates))
        return max(0, (bound - linear) // (2 * window))


def gate_parts(layer: Layer) -> GateParts:
    """The numbers of a recurrent layer from its weights, which must be known.

    Units and windows of the config count only where they have the right type: weights may be known from a record beside
    a config with other values.
    """
    dimensions = traits_of(layer.class_name).dimensions or 0
    gates, units = (
        len(kind_of(layer.class_name).gates),
        _natural(layer.config.get("filters" if dimensions else "units")),
    )
    window = _window(layer.config.get("kernel_size"), dimensions) if dimensions else ()
    cells = gates * units
    inputs = _size(layer, "W", "kernel") // (cells * math.prod(window))
    return GateParts(gates, units, inputs, window, _size(layer, "b", "bias") // cells)


def _natural(value: Any) -> int:
    """A positive integer of at most 100 digits as it is; 1 for any other value."""
    return value if isinstance(value, int) and 0 < value <= LARGEST else 1


def _window(size: Any, dimensions: int) -> tuple[int, ...]:
    lengths = size if isinstance(size, list | tuple) and len(size) == dimensions else (size,) * dimensions
    return tuple(map(_natural, lengths))


@dataclass(frozen=True, slots=True)
class WeightShare:
    """The shares of a recurrent layer's parameters (0 to 1) that read the input and the last output."""

    inputs: float
    recurrent: float


def weight_share(layer: Layer) -> WeightShare:
    """The shares of a recurrent layer's kernel and recurrent kernel, whose shapes must be known."""
    sizes = [_size(layer, *names) for names in (("W", "kernel"), ("U", "recurrent"), ("b", "bias"))]
    whole = sum(sizes) or 1
    return WeightShare(sizes[0] / whole, sizes[1] / whole)


def _size(layer: Layer, *names: str) -> int:
    """The number of parameters in weights whose name begins with one of the words (Keras 1 adds the gate: `W_i`)."""
    weights = () if isinstance(layer.weights, Unknown) else layer.weights
    size = count([weight for weight in weights if weight.name.partition("_")[0] in names])
    return 0 if isinstance(size, Unknown) else size
