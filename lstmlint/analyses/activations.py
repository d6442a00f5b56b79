"""Questions about activations and initializers: the activation of a layer, and the last activation before a tensor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Pointer
from lstmlint.ir.finding import Location
from lstmlint.ir.graph import OPERATION, TensorRef, references
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Shape, Unknown, is_dims, leaves
from lstmlint.keras.classes import Values, traits_of
from lstmlint.keras.names import snake_case

LINEAR = "linear"

INFINITE = float("inf")

#: A number of classes larger than in any model.
MOST_CLASSES = 10**7

#: The least and the greatest value of an activation, by the name of its function; other functions are unknown here.
RANGES: Mapping[str, tuple[float, float]] = {
    LINEAR: (-INFINITE, INFINITE),
    "softmax": (0, 1), "sigmoid": (0, 1), "hard_sigmoid": (0, 1), "sparse_sigmoid": (0, 1), "sparsemax": (0, 1),
    "tanh": (-1, 1), "softsign": (-1, 1), "hard_tanh": (-1, 1), "tanh_shrink": (-INFINITE, INFINITE),
    "relu": (0, INFINITE), "relu6": (0, 6), "softplus": (0, INFINITE), "exponential": (0, INFINITE),
    "squareplus": (0, INFINITE), "sparse_plus": (0, INFINITE),
    "leaky_relu": (-INFINITE, INFINITE), "prelu": (-INFINITE, INFINITE), "elu": (-1, INFINITE),
    "selu": (-1.76, INFINITE), "celu": (-1, INFINITE), "gelu": (-0.17, INFINITE), "silu": (-0.28, INFINITE),
    "mish": (-0.31, INFINITE), "hard_silu": (-0.38, INFINITE), "glu": (-INFINITE, INFINITE),
    "log_softmax": (-INFINITE, 0), "log_sigmoid": (-INFINITE, 0), "soft_shrink": (-INFINITE, INFINITE),
    "hard_shrink": (-INFINITE, INFINITE), "threshold": (-INFINITE, INFINITE),
}  # fmt: skip

#: Other names of the same functions.
ALIASES: Mapping[str, str] = {"swish": "silu", "hard_swish": "hard_silu"}

#: Activations that are operations, by class name.
OPERATIONS: Mapping[str, str] = {
    OPERATION + "".join(word.capitalize() for word in name.split("_")): name for name in RANGES
}

#: Merge modes of a Bidirectional that change no value.
VALUE_KEEPING_MERGES = ("concat", None)

#: Activations whose values add up to 1.
DISTRIBUTIONS = frozenset({"softmax", "sparsemax"})

#: The least and the greatest factor of a gate.
GATE_RANGE = (0, 1)


@dataclass(frozen=True, slots=True)
class Activation:
    """A function that a layer applies: its `name` in today's Keras, and the config `key` that holds it, if any."""

    name: str
    layer: Layer
    key: str = "activation"

    @property
    def location(self) -> Location:
        """The location of the activation in the file."""
        return Location(self.layer.full_name, (*self.layer.pointer, "config", *filter(None, (self.key,))))

    @property
    def axes(self) -> tuple[int, ...] | Unknown:
        """The axes along which a softmax normalises."""
        axis = -1 if self.key else self.layer.config.get("axis", -1)
        axes = axis if isinstance(axis, list) else [axis]
        if not all(isinstance(axis, int) for axis in axes):
            return Unknown("its axis is no integer")
        return tuple(axes)

    @property
    def is_gated(self) -> bool:
        """Whether gates change the result of the activation before it leaves the layer."""
        return _is_gated(self.layer)

    @property
    def is_of_own_layer(self) -> bool:
        """Whether the layer only applies the activation, so that it has no argument for another one."""
        return not self.key

    @property
    def range(self) -> tuple[float, float]:
        """The least and the greatest value of the activation, or of the output of a layer with gates."""
        low, high = RANGES[self.name]
        config = self.layer.config
        if self.layer.class_name == "ReLU":
            ceiling = number_in(config.get("max_value"))
            return (-INFINITE if number_in(config.get("negative_slope")) else low, high if ceiling is None else ceiling)
        floor = number_in(config.get("alpha")) if self.layer.class_name == "ELU" else None
        return (low if floor is None else -floor, high)

    @property
    def limits(self) -> bool:
        """Whether the range of values is limited."""
        return any(map(math.isfinite, self.range))


def activation_of(class_name: str) -> str:
    """The activation that a layer or operation is; empty if it is none."""
    return traits_of(class_name).activation or OPERATIONS.get(class_name, "")


def is_inert(layer: Layer) -> bool:
    """Whether a layer changes no value, or only drops or disturbs values in training."""
    return traits_of(layer.class_name).values is Values.KEPT


def leaves_values(layer: Layer) -> bool:
    """Whether a layer changes no value at inference; it may move values."""
    return traits_of(layer.class_name).values in (Values.KEPT, Values.MOVED)


def named(value: Any) -> str | Unknown:
    """The function in the value of an `activation` key: a name, null, or a serialized function or layer."""
    if value is None:
        return LINEAR
    if isinstance(value, dict):
        class_name, inner = value.get("class_name"), value.get("config")
        value = inner if class_name == "function" else activation_of(str(class_name)) or class_name
    if not isinstance(value, str):
        return Unknown("its activation is no name")
    name = ALIASES.get(value, activation_of(value) or value)
    return name if name in RANGES else Unknown(f"its activation '{value}' is none of Keras' own")


def own_activation(layer: Layer) -> Activation | Unknown | None:
    """The activation that a layer applies to its result; `None` for a class that applies none."""
    function, traits = activation_of(layer.class_name), traits_of(layer.class_name)
    if function:
        return Activation(function, layer, "")
    if layer.class_name == "Activation" or traits.applies_activation or traits.is_gated_layer:
        if _is_gated(layer) and not _has_gates(layer):
            return Unknown(f"the gates of {layer.name} do not lie between 0 and 1")
        name = named(layer.config.get("activation"))
        return name if isinstance(name, Unknown) else Activation(name, layer)
    return None


def _is_gated(layer: Layer) -> bool:
    """Whether a gate multiplies the activation of a recurrent layer, or mixes it with the last output.

    The output of a SimpleRNN is its activation.
    """
    traits = traits_of(layer.class_name)
    return traits.applies_gates and traits.is_gated_layer


def _has_gates(layer: Layer) -> bool:
    """Whether each gate of a recurrent layer lies between 0 and 1, which is always true of cuDNN layers."""
    gate = named(layer.config.get("recurrent_activation", "sigmoid"))
    return not isinstance(gate, Unknown) and RANGES[gate] == GATE_RANGE


def producer(model: Model, reference: TensorRef) -> tuple[Model, Layer, TensorRef] | None:
    """The layer that makes a tensor, also inside of nested models."""
    layer = model.producer(reference)
    while layer is not None and layer.model is not None and layer.model.graph is not None:
        model, outputs = layer.model, list(references(layer.model.graph.outputs))
        if reference.index >= len(outputs):
            return None
        reference = outputs[reference.index]
        layer = model.producer(reference)
    return None if layer is None else (model, layer, reference)


def inputs_of(layer: Layer, reference: TensorRef) -> list[TensorRef]:
    """The inputs of the call that made a tensor."""
    return list(references(layer.node.calls[reference.call].inputs))


def producers(model: Model, reference: TensorRef) -> Iterator[Layer]:
    """The layer that makes a tensor, and the layers before it, each once, as long as each has one input."""
    given = [reference]
    seen: set[tuple[int, TensorRef]] = set()
    while len(given) == 1:
        origin = producer(model, given[0])
        if origin is None or (id(origin[0]), origin[2]) in seen:
            return
        model, layer, made = origin
        seen.add((id(model), made))
        yield layer
        given = inputs_of(layer, made)


def applied(model: Model, reference: TensorRef) -> Activation | Unknown:
    """The last activation before a tensor.

    Nested models and wrappers are opened, and layers that change no value at inference are skipped.
    """
    for layer in producers(model, reference):
        wrapped = _wrapped(layer)
        if wrapped is None:
            return Unknown(f"{layer.name} joins its two directions")
        activation = own_activation(wrapped)
        is_linear = isinstance(activation, Activation) and activation.name == LINEAR
        is_passed = leaves_values(wrapped) or (is_linear and wrapped.class_name == "Activation")
        if not is_passed:
            return activation or Unknown(f"{layer.class_name} applies no activation of its own")
    return Unknown("it comes from no single layer")


def _wrapped(layer: Layer) -> Layer | None:
    """The layer whose values a wrapper passes on; `None` where the wrapper mixes values."""
    if layer.class_name == "Bidirectional":
        keeps_values = layer.config.get("merge_mode") in VALUE_KEEPING_MERGES
        return layer.children.get("forward") if keeps_values else None
    return layer.children.get("layer", layer) if layer.class_name == "TimeDistributed" else layer


def shape_of(model: Model, reference: TensorRef) -> Shape:
    """The shape of a tensor of a model."""
    layer = model.producer(reference)
    if layer is None or reference.call >= len(layer.calls):
        return Unknown("the tensor's layer is not in the file")
    shapes = list(leaves(layer.calls[reference.call].outputs))
    return shapes[reference.index] if reference.index < len(shapes) else Unknown("its layer has fewer outputs")


def single_shape(layer: Layer) -> Dims | Unknown:
    """The shape of a layer's only output, in its first call."""
    shapes = list(leaves(layer.outputs))
    if len(shapes) == 1 and is_dims(shapes[0]):
        return shapes[0]
    return shapes[0] if len(shapes) == 1 and isinstance(shapes[0], Unknown) else Unknown("it has several outputs")


def greatest_probability(low: float, high: float, classes: object) -> float | None:
    """The largest result of a softmax over values within bounds; `None` where that is 1 or unknown."""
    if not isinstance(classes, int) or not 2 <= classes < MOST_CLASSES or math.isinf(high - low):
        return None
    return 1 / (1 + (classes - 1) * math.exp(low - high))


def number_in(value: Any) -> float | None:
    """A number of a config, infinite where it is too large for a float; `None` for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return INFINITE if value > 0 else -INFINITE


#: Initializers that give every weight the same value: names of all Kerases, in lower case.
CONSTANT_INITIALIZERS: Mapping[str, float | None] = {
    "zeros": 0.0, "zero": 0.0, "ones": 1.0, "one": 1.0, "constant": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Initializer:
    """An initializer by its name in lower case (`glorot_uniform`), with its settings."""

    name: str
    config: Mapping[str, Any]

    @property
    def constant(self) -> float | None:
        """The initial value of every weight; `None` if values differ or are unknown."""
        if self.name not in CONSTANT_INITIALIZERS:
            return None
        value = CONSTANT_INITIALIZERS[self.name]
        return number_in(self.config.get("value", 0.0)) if value is None else value


def initializer(value: Any) -> Initializer | None:
    """The initializer in a config; `None` where there is none or it has no name."""
    config: Any = {}
    if isinstance(value, dict):
        value, config = value.get("class_name"), value.get("config")
    if not isinstance(value, str):
        return None
    return Initializer(snake_case(value), config if isinstance(config, dict) else {})


@asked_once
def written_layers(model: Model) -> Iterator[Layer]:
    """Every layer in the file, each once: a Bidirectional writes its two directions as one layer."""
    seen: set[Pointer] = set()
    for layer in model.all_layers:
        if layer.pointer not in seen and not layer.node.is_implicit:
            seen.add(layer.pointer)
            yield layer
