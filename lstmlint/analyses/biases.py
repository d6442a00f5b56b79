"""Layouts of the stored biases of recurrent layers: one bias for each gate, two side by side, or two rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.inference.stored import stored_weights
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import StoredTensor, WeightNaming
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dim, Dims, Unknown
from lstmlint.keras.classes import kind_of, traits_of

#: The layer that uses a layout, by kind of layer and by shape in terms of the width of all gates.
LAYOUTS: Mapping[str, Mapping[str, str]] = {
    "LSTM": {"one": "an LSTM", "side by side": "a CuDNNLSTM"},
    "GRU": {
        "one": "a GRU with reset_after=False",
        "side by side": "a CuDNNGRU",
        "two rows": "a GRU with reset_after=True",
    },
}

#: Layouts of a kind of layer that hold equal numbers in another order.
EQUIVALENT: Mapping[str, frozenset[str]] = {
    "LSTM": frozenset({"one", "side by side"}),
    "GRU": frozenset({"side by side", "two rows"}),
}


#: The groups of an archive for the directions of a Bidirectional, by role.
DIRECTION_GROUPS: Mapping[str, str] = {"forward": "forward_layer", "backward": "backward_layer"}


@dataclass(frozen=True, slots=True)
class BiasLayout:
    """A bias that is stored in another layout than the config's.

    `stored_as` is the layer that uses the stored layout; `has_equivalent` says that one layout can be made from the
    other.
    """

    layer: Layer
    expected: Dims
    tensor: StoredTensor
    stored_as: str
    has_equivalent: bool


def bias_layouts(model: Model) -> Iterator[BiasLayout]:
    """Every stored bias whose layout differs from its layer's, in layers of the outermost model and in their parts."""
    by_place = model.document.stored_by is WeightNaming.CLASS_NAME
    for layer in model.layers:
        tensors = stored_weights(layer)
        if layer.model is None and not isinstance(layer.weights, Unknown) and len(tensors) == len(layer.weights):
            parts = _by_place(layer, tensors) if by_place else _in_order(layer, tensors)
            for part, own in parts:
                yield from _judge(part, own)


def _in_order(layer: Layer, tensors: tuple[StoredTensor, ...]) -> Iterator[tuple[Layer, tuple[StoredTensor, ...]]]:
    """The recurrent parts of a layer with their tensors, for tensors in the order in which Keras makes them."""
    start = 0
    for part in layer.walk():
        if traits_of(part.class_name).has_gates:
            size = 0 if isinstance(part.weights, Unknown) else len(part.weights)
            yield part, tensors[start : start + size]
            start += size


def _by_place(layer: Layer, tensors: tuple[StoredTensor, ...]) -> Iterator[tuple[Layer, tuple[StoredTensor, ...]]]:
    """The recurrent parts of a layer with their tensors, in an archive: each has a group, backward before forward."""
    if traits_of(layer.class_name).has_gates:
        yield layer, tensors
        return
    for role, part in layer.children.items():
        group = f"/{DIRECTION_GROUPS.get(role, role)}/"
        yield from _by_place(part, tuple(tensor for tensor in tensors if group in tensor.place))


def _judge(layer: Layer, tensors: tuple[StoredTensor, ...]) -> Iterator[BiasLayout]:
    kind = kind_of(layer.class_name).name
    if isinstance(layer.weights, Unknown) or kind not in LAYOUTS or traits_of(layer.class_name).dimensions:
        return
    if len(tensors) != len(layer.weights):  # the tensors lie in another group
        return
    for weight, tensor in zip(layer.weights, tensors, strict=True):
        if weight.name != "bias":
            continue
        width = layer.weights[0].shape[-1]
        expected, stored = _layout(weight.shape, width), _layout(tensor.shape, width)
        if expected != stored and stored in LAYOUTS[kind]:
            has_equivalent = {expected, stored} <= EQUIVALENT[kind]
            yield BiasLayout(layer, weight.shape, tensor, LAYOUTS[kind][stored], has_equivalent)


def _layout(shape: Dims, width: Dim) -> str:
    if not isinstance(width, int):
        return ""
    layouts: Mapping[Dims, str] = {(width,): "one", (2 * width,): "side by side", (2, width): "two rows"}
    return layouts.get(shape, "")
