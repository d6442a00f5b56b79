"""The third noun, `Model`: every layer with its shapes, weights and parameter counts, as inferred from the graph."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Document, Pointer, StoredLayer
from lstmlint.ir.graph import Graph, LayerCall, Node, TensorRef
from lstmlint.ir.measured import Measured
from lstmlint.ir.memo import asked_once
from lstmlint.ir.shape import Count, Structure, Unknown, Witness, product, total
from lstmlint.ir.shown import Presented, Shown
from lstmlint.ir.weight import Weight, Weights, distinct
from lstmlint.ir.work import NO_WORK, Work

#: Bytes of one element by dtype, as in NumPy and Keras.
BYTES_PER_ELEMENT: Mapping[str, int] = {
    "float64": 8, "int64": 8, "uint64": 8, "complex64": 8, "float32": 4, "int32": 4, "uint32": 4,
    "float16": 2, "bfloat16": 2, "int16": 2, "uint16": 2, "int8": 1, "uint8": 1, "bool": 1,
    "float8_e4m3fn": 1, "float8_e5m2": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallShapes:
    """The shapes of one call, and its work.

    `conflict` is the reason why Keras refuses the call; `witness` is the source of the output shapes.
    """

    inputs: Structure
    outputs: Structure
    arguments: Mapping[str, Any]
    conflict: str | None = None
    witness: Witness = Witness.INFERRED
    work: Work = NO_WORK


@dataclass(frozen=True)
class Layer(Shown):
    """A layer with all inferred values. Many rules ask for the parameter count, so it is computed once.

    `path` names the enclosing models and wrappers and then the layer. `weights` may be unknown. `children` are wrapped
    layers and cells by role; `model` is set where the layer is a model itself. `stored` holds the tensors that the file
    stores for this layer. `demanded` are the weights that the inputs need, where Keras builds other weights from a
    recorded shape.
    """

    node: Node
    path: tuple[str, ...]
    calls: tuple[CallShapes, ...]
    weights: Weights
    children: Mapping[str, Layer] = field(default_factory=dict)
    model: Model | None = None
    stored: StoredLayer | None = None
    demanded: Weights | None = None

    def __repr__(self) -> str:
        return f"<{self.class_name} {self.full_name!r} params={_told(self.params)}>"

    @property
    def name(self) -> str:
        """The name of the layer in the file."""
        return self.node.name

    @property
    def class_name(self) -> str:
        """The class by its name of today."""
        return self.node.class_name

    @property
    def config(self) -> Mapping[str, Any]:
        """The config by its keys of today, with defaults filled in."""
        return self.node.config

    @property
    def pointer(self) -> Pointer:
        """The keys and indices that lead to the layer's object in the config."""
        return self.node.pointer

    @property
    def full_name(self) -> str:
        """The path as text: `encoder/lstm`."""
        return "/".join(self.path)

    @cached_property
    def params(self) -> Count:
        """Parameters of the layer, as `count_params()` counts them."""
        return count(self.weights)

    @property
    def trainable_params(self) -> Count:
        """Parameters that training changes; 0 for a frozen layer."""
        return _count_flagged(self.weights, is_trainable=True) if self.node.is_trainable else 0

    @property
    def non_trainable_params(self) -> Count:
        """Parameters that training does not change; all parameters of a frozen layer."""
        return _count_flagged(self.weights, is_trainable=False) if self.node.is_trainable else self.params

    def trains(self, weight: Weight) -> bool | Unknown:
        """Whether training changes one of the layer's weights: its own flag, unless the layer is frozen."""
        return weight.trainable if self.node.is_trainable else False

    @property
    def outputs(self) -> Structure:
        """The output shapes of the first call."""
        return self.calls[0].outputs if self.calls else Unknown("it is never called")

    def walk(self) -> Iterator[Layer]:
        """The layer, its wrapped layers, and the layers of its model, outermost first."""
        yield self
        for child in self.children.values():
            yield from child.walk()
        if self.model is not None:
            yield from self.model.all_layers


@dataclass(frozen=True)
class Model(Presented):
    """A model: its layers in the order of `model.layers` (an implicit input of a Sequential included).

    `measured` are the measures of its stored values, where somebody asked for them. Every rule walks the model, so the
    walk is computed once and stored, which needs a class without slots.
    """

    document: Document
    graph: Graph | None
    layers: tuple[Layer, ...]
    inputs: Structure
    outputs: Structure
    by_name: Mapping[str, Layer] = field(default_factory=dict, repr=False, compare=False)
    measured: Measured | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        numbers = f"layers={len(self.layers)} params={_told(self.params)}"
        return f"<Model {self.name!r} path={self.document.path!r} {numbers}>"

    @property
    def name(self) -> str:
        """The name of the model; empty where the file holds no architecture."""
        return self.graph.name if self.graph else ""

    @property
    def listed_layers(self) -> tuple[Layer, ...]:
        """The layers that the file lists (all but the implicit input of a Sequential)."""
        return tuple(layer for layer in self.layers if not layer.node.is_implicit)

    @property
    def summary_layers(self) -> tuple[Layer, ...]:
        """The layers that `model.summary()` shows: a Sequential hides its input layer."""
        if self.graph is None or not self.graph.is_sequential:
            return self.listed_layers
        return tuple(layer for layer in self.layers if layer.class_name != "InputLayer")

    def distinct_weights(self) -> Iterator[Weights]:
        """The weights of each layer, without the weights that an earlier layer shares."""
        return distinct(layer.weights for layer in self.layers)

    @property
    def params(self) -> Count:
        """Parameters of the model; a weight that layers share counts once."""
        return total(count(weights) for weights in self.distinct_weights())

    @property
    def trainable_params(self) -> Count:
        """Parameters of the model that training changes."""
        counts = (_count_flagged(weights, is_trainable=True) for weights in self.distinct_weights())
        return 0 if self.is_frozen else total(counts)

    @property
    def non_trainable_params(self) -> Count:
        """Parameters of the model that training does not change."""
        counts = (_count_flagged(weights, is_trainable=False) for weights in self.distinct_weights())
        return self.params if self.is_frozen else total(counts)

    @property
    def is_known(self) -> bool:
        """Whether the file holds an architecture or, without one, at least weights."""
        return self.graph is not None or bool(self.layers)

    @property
    def is_frozen(self) -> bool:
        """Whether the model as a whole is frozen."""
        return self.graph is not None and not self.graph.is_trainable

    @cached_property
    def all_layers(self) -> tuple[Layer, ...]:
        """Every layer, including wrapped ones and those of nested models, outermost first."""
        return tuple(inner for layer in self.layers for inner in layer.walk())

    @property
    def all_models(self) -> tuple[Model, ...]:
        """This model and every model nested in it, outermost first."""
        return (self, *self._nested_models)

    @cached_property
    def _nested_models(self) -> tuple[Model, ...]:
        # A stored value must not lead back to the model, or only the garbage collector could free it.
        return tuple(layer.model for layer in self.all_layers if layer.model is not None)

    def producer(self, reference: TensorRef) -> Layer | None:
        """The layer of this model that makes a tensor; `None` where the layer does not have the call."""
        layer = self.by_name.get(reference.layer)
        is_made = layer is not None and 0 <= reference.call < len(layer.node.calls) and reference.index >= 0
        return layer if is_made else None

    @asked_once
    def calls(self) -> Iterator[tuple[Layer, LayerCall, CallShapes]]:
        """Every call in this model (nested ones not included) with its references and its shapes."""
        for layer in self.layers:
            for call, shapes in zip(layer.node.calls, layer.calls, strict=False):
                yield layer, call, shapes


def count(weights: Weights | Iterable[Weight]) -> Count:
    """The number of parameters in weights: the sum over the products of their shapes.

    An open dimension in a weight leaves the count unknown, as Keras cannot create such a weight.
    """
    if isinstance(weights, Unknown):
        return weights
    counted = 0
    for weight in weights:
        size = product(weight.shape)
        if size is None:
            return Unknown(f"its {weight.name} would need a dimension that is open")
        if isinstance(size, Unknown):
            return size
        counted += size
    return counted


def _told(params: Count) -> int | str:
    return "unknown" if isinstance(params, Unknown) else params


def _count_flagged(weights: Weights, *, is_trainable: bool) -> Count:
    if isinstance(weights, Unknown):
        return weights
    untold = next((weight.trainable for weight in weights if isinstance(weight.trainable, Unknown)), None)
    return untold or count(weight for weight in weights if weight.trainable is is_trainable)


def byte_size(weights: Iterable[Weight]) -> Count:
    """The size of weights in bytes, by their dtypes."""
    sizes: list[Count] = []
    for weight in weights:
        size = count([weight])
        width = BYTES_PER_ELEMENT.get(weight.dtype)
        if isinstance(size, Unknown):
            return size
        sizes.append(Unknown(f"its dtype is {weight.dtype!r}") if width is None else math.prod((size, width)))
    return total(sizes)
