"""Interface of layer functions: they receive a `Call`, return a `Signature`, and register with `layer`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.graph import NOTHING, Node, Quantization, Semantics
from lstmlint.ir.shape import Dim, Dims, Incompatible, Shape, Structure, Unknown, is_dims
from lstmlint.ir.weight import Weight, Weights, distinct
from lstmlint.ir.work import NO_WORK, Work

#: The values of `data_format`; a missing or null one means the default.
DATA_FORMATS = ("channels_last", "channels_first", None)


class Undetermined(Exception):
    """Raised by a layer function whose outputs are unknown; carries the reason.

    `is_refusal` means that Keras refuses the config, whatever the inputs are; rules on configs report that.
    """

    def __init__(self, reason: str, *, is_refusal: bool = False) -> None:
        super().__init__(reason)
        self.unknown = Unknown(reason, is_refusal)


@dataclass(frozen=True, slots=True)
class Signature:
    """The result of a layer function: shapes of outputs, weights in Keras' order, and work."""

    outputs: Structure
    weights: Weights = ()
    work: Work = NO_WORK


Apply = Callable[[str, Structure, Mapping[str, Any]], Signature]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer.

    `config` has Keras' defaults filled in. `inputs` is the first argument, `arguments` are the named others
    (`initial_state`, `value` ...) as structures of shapes. `children` are the contained layers by role, and
    `apply(role, inputs, arguments)` calls one of them. `quantization` says how the kernel is stored.
    """

    class_name: str
    config: Mapping[str, Any]
    inputs: Structure
    arguments: Mapping[str, Any]
    semantics: Semantics
    children: Mapping[str, Node]
    apply: Apply
    quantization: Quantization | None = None

    def child_name(self, role: str) -> str:
        """The name of a contained layer."""
        return self.children[role].name

    def child(self, role: str, inputs: Structure, arguments: Mapping[str, Any] = NOTHING) -> Signature:
        """Call a contained layer.

        Raises:
            Undetermined: the config holds no such layer.
        """
        if role not in self.children:
            raise Undetermined(f"its config holds no {role}")
        return self.apply(role, inputs, arguments)

    def shape(self) -> Dims:
        """The one input shape, whose rank must be known.

        Raises:
            Undetermined: the input's rank is unknown.
            Incompatible: the layer is called on several tensors.
        """
        shape = self.tensor()
        if isinstance(shape, Unknown):
            raise Undetermined(shape.reason)
        return shape

    def dims(self, rank: int) -> Dims:
        """The one input shape, of the rank that the layer demands; an unknown shape gets unknown dimensions.

        Raises:
            Incompatible: the input has another rank, or the layer is called on several tensors.
        """
        shape = self.tensor()
        if isinstance(shape, Unknown):
            return (shape,) * rank
        if len(shape) != rank:
            raise Incompatible(f"expects an input of rank {rank} and gets one of rank {len(shape)}")
        return shape

    def tensor(self) -> Shape:
        """The one input shape, known or not; a list of one tensor counts as that tensor."""
        inputs = self.inputs
        while isinstance(inputs, list) and len(inputs) == 1:
            inputs = inputs[0]
        if is_dims(inputs) or isinstance(inputs, Unknown):
            return inputs
        raise Incompatible(f"expects one input and gets {len(inputs)}")

    def tensors(self) -> list[Shape]:
        """The input shapes of a layer that is called on a list.

        Raises:
            Undetermined: it is not called on a flat list of tensors.
        """
        if isinstance(self.inputs, list):
            shapes = [item for item in self.inputs if is_dims(item) or isinstance(item, Unknown)]
            if len(shapes) == len(self.inputs):
                return shapes
        raise Undetermined(
            self.inputs.reason if isinstance(self.inputs, Unknown) else "it is not called on a list of tensors"
        )

    def integer(self, key: str) -> int:
        """An integer of the config (Keras takes `true` as 1).

        Raises:
            Undetermined: the key is missing or no integer.
        """
        value = self.config.get(key)
        if isinstance(value, int):
            return int(value)
        raise Undetermined(f"its config has no integer {key!r}")

    def positive(self, key: str) -> int:
        """An integer of the config that Keras demands to be positive.

        Raises:
            Undetermined: it is zero or negative, or the key is missing or no integer.
        """
        value = self.config.get(key)
        if value is not None and (not isinstance(value, int) or value < 1):
            raise Undetermined(f"its {key} are no positive integer", is_refusal=True)
        return self.integer(key)

    def integers(self, key: str, count: int) -> tuple[int, ...]:
        """An integer or a list of `count` integers, as a tuple of `count`.

        Raises:
            Undetermined: the key is missing or holds something else.
        """
        value = self.config.get(key)
        if isinstance(value, int):
            return (int(value),) * count
        if isinstance(value, list) and len(value) == count and all(isinstance(item, int) for item in value):
            return tuple(value)
        raise Undetermined(f"its config has no list of {count} integers {key!r}")

    def flag(self, key: str) -> bool:
        """A boolean of the config; a missing key counts as false."""
        return bool(self.config.get(key))

    def text(self, key: str) -> str:
        """A string of the config.

        Raises:
            Undetermined: the key is missing or no string.
        """
        value = self.config.get(key)
        if isinstance(value, str):
            return value
        raise Undetermined(f"its config has no text {key!r}")

    def axis(self, value: Any, rank: int) -> int:
        """An axis counted from the front.

        Raises:
            Incompatible: the axis is outside the rank.
            Undetermined: it is no integer.
        """
        if not isinstance(value, int):
            raise Undetermined("its config has no integer axis")
        if not -rank <= value < rank:
            raise Incompatible(f"axis {value} is outside an input of rank {rank}")
        return value % rank

    @property
    def channels_first(self) -> bool:
        """Whether the config puts the channels before the spatial dimensions.

        Raises:
            Undetermined: the file does not say.
        """
        data_format = self.config.get("data_format")
        if data_format not in DATA_FORMATS:
            raise Undetermined(f"its data_format is {data_format!r}")
        return data_format == "channels_first"


LayerFunction = Callable[[Call], Signature]


@dataclass(frozen=True, slots=True)
class LayerType:
    """A registered layer function with the class names it answers for."""

    class_names: tuple[str, ...]
    function: LayerFunction
    has_weights: bool

    def __call__(self, call: Call) -> Signature:
        return self.function(call)


def layer(*class_names: str, weights: bool = True) -> Callable[[LayerFunction], LayerType]:
    """Register a layer function under Keras' class names; `weights=False` for layers that never have any."""
    return lambda function: LayerType(class_names, function, weights)


def joined(*parts: tuple[str, Weights]) -> Weights:
    """The weights of contained layers in order, prefixed with their layer's name; a shared weight appears once."""
    weights: list[Weight] = []
    for (name, _), part in zip(parts, distinct(part for _, part in parts), strict=True):
        if isinstance(part, Unknown):
            return part
        weights.extend(replace(weight, name=f"{name}/{weight.name}") for weight in part)
    return tuple(weights)


def dim_at(shape: Shape, axis: int) -> Dim:
    """One dimension of a shape; unknown where the shape is unknown."""
    return shape if isinstance(shape, Unknown) else shape[axis]
