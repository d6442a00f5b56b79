"""Repairs: pure functions from a model file as plain data to a changed one, with a list of changes.

A repair is declared in a module of this package:

    REPAIR = Repair("time-major", "drops `time_major: false`", Phase.FIELDS, Applicability.SAFE, (RULE,), apply)

`apply` gets a `Draft` and gives a new draft with its changes; nothing is changed in place. One repair changes class,
config and weights of a layer together (`CuDNNLSTM` becomes `LSTM`, and its tensors are rearranged). A repair changes
nothing in its own result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from lstmlint.analyses.parts import LayerPath
from lstmlint.ir.dataclass import dataclass, field, replace
from lstmlint.ir.document import Document, Pointer
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.facts import known_somewhere
from lstmlint.keras.versions import NEWEST, Target

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays: TypeAlias = tuple[NDArray[np.generic], ...]

#: The config keys under which a layer holds an inner layer, and the role of the inner layer in `Layer.children`.
#: The `layer` of a `Bidirectional` has the role `forward`, and `backward` as well where the file records no other.
CONTAINED: Mapping[str, tuple[str, ...]] = {
    "layer": ("layer", "forward"),
    "forward_layer": ("forward", "layer"),
    "backward_layer": ("backward",),
    "cell": ("cell",),
}
CELLS = "cells"

#: The config keys under which a layer may hold another as the function that it applies.
ACTIVATIONS = ("activation", "recurrent_activation")

#: Classes whose objects hold layers of their own.
MODELS = frozenset({"Sequential", "Functional", "Model"})

MAX_DEPTH = 64


def is_any(target: Target) -> bool:
    """Any Keras."""
    return True


def is_earlier(target: Target) -> bool:
    """Any Keras but the newest."""
    return target != NEWEST


def is_keras2(target: Target) -> bool:
    """Keras 2, standalone, in TensorFlow or as tf-keras."""
    return not target.is_keras3


class Applicability(StrEnum):
    """Whether a repair needs permission. Safe means the same outputs and the same training."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Phase(IntEnum):
    """The phase of a repair. Within a phase, repairs are applied in the order of names, which must not matter."""

    #: Models become objects with named, connected layers.
    STRUCTURE = 0
    #: Today's names of classes and fields.
    NAMES = 1
    #: Fields of layers that today's Keras refuses or takes differently.
    FIELDS = 2
    #: Weights, and the config that goes with them. The config has today's structure and names here.
    WEIGHTS = 3
    #: Values of weights that have today's order.
    VALUES = 4
    #: Loss, metrics, optimizer, and fields of layers that only training meets.
    TRAINING = 5
    #: Modules and registered names, after every class has its final name; names of layers.
    LABELS = 6
    #: From today's classes and fields to those of an earlier Keras, which is to read the new file.
    EARLIER = 7
    #: The form of connections and objects in the files of Keras 2, after every class has its final name.
    EARLIER_FORM = 8


@dataclass(frozen=True, slots=True)
class WeightOperation:
    """A change of the stored tensors of one layer, made while the new file is written.

    `run` gets every tensor of that layer (of one direction, of one cell) in the order in which Keras stores them and
    gives those of the repaired layer in the order of today's Keras. It must not change the arrays that it gets.
    """

    repair: str
    run: Callable[[Arrays], Arrays]


@dataclass(frozen=True, slots=True)
class WeightsPlan:
    """Operations on the stored tensors, by the path of the layer that owns them; other tensors are copied.

    Operations on the `layer` of a `Bidirectional` apply to both directions unless it has a `backward_layer`.
    """

    operations: Mapping[LayerPath, tuple[WeightOperation, ...]] = field(default_factory=dict)

    def then(self, path: LayerPath, operation: WeightOperation) -> WeightsPlan:
        """This plan with one more operation on a layer, after its other operations."""
        return WeightsPlan({**self.operations, path: (*self.operations.get(path, ()), operation)})


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the config (`before` and `after` at `pointer`) or, without a pointer, of weights."""

    repair: str
    layer: str
    message: str
    pointer: Pointer | None = None
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Left:
    """A task left for the user: something to supply or to decide, because no mechanical repair exists."""

    repair: str
    layer: str
    message: str
    pointer: Pointer | None = None


@dataclass(frozen=True, slots=True)
class DraftLayer:
    """A layer in a draft: its path and pointer, its object (class_name, config ...), and the layer of the file."""

    path: LayerPath
    pointer: Pointer
    raw: Mapping[str, Any]
    original: Layer | None

    @property
    def class_name(self) -> str:
        return str(self.raw.get("class_name"))

    @property
    def config(self) -> Mapping[str, Any]:
        config = self.raw.get("config")
        return config if isinstance(config, Mapping) else {}

    @property
    def name(self) -> str:
        """The path as text, for messages."""
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class Draft:
    """A model file being repaired, as plain data.

    `config` is the serialized model (plain JSON, never changed in place), `document` and `model` are what the file was:
    shapes, stored tensors, `graph.semantics`. `weights` says what becomes of the stored tensors.
    `renamed` leads from a layer's new name to the one that it has in the file, `target` is the Keras that is to read
    the new one.
    """

    config: Any
    training_config: Any | None
    document: Document
    model: Model
    weights: WeightsPlan = field(default_factory=WeightsPlan)
    renamed: Mapping[str, str] = field(default_factory=dict)
    target: Target = NEWEST

    def layers(self) -> Iterator[DraftLayer]:
        """Every layer, those in wrappers and nested models included, outermost first."""
        yield from _layers(self.config, (), (), self.model, 0)

    def at(self, pointer: Pointer) -> Any:
        """The value at a pointer into the config."""
        value = self.config
        for step in pointer:
            value = value[step]
        return value

    def put(self, pointer: Pointer, value: Any) -> Draft:
        """This draft with another value at a pointer into the config; only the objects on the way are copied."""
        return replace(self, config=_put(self.config, pointer, value))

    def transforming(self, path: LayerPath, operation: WeightOperation) -> Draft:
        """This draft with one more operation on the stored tensors of a layer."""
        return replace(self, weights=self.weights.then(path, operation))


Applied: TypeAlias = tuple[Draft, tuple[Edit | Left, ...]]
LayerChange: TypeAlias = Callable[[DraftLayer, Draft], Iterator[tuple[Any, Edit] | Left]]


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair. `cures` are the rules whose finding it makes go away; `difference` is what an unsafe one changes.

    `is_for` tells for which Keras it is. Every file takes today's form first, so repairs to that are for each.
    """

    name: str
    summary: str
    phase: Phase
    applicability: Applicability
    cures: tuple[str, ...]
    apply: Callable[[Draft], Applied]
    difference: str = ""
    is_for: Callable[[Target], bool] = field(default=is_any)


def per_layer(change: LayerChange) -> Callable[[Draft], Applied]:
    """An `apply` from a function that gets one layer and yields each new value of its object with the edit.

    Layers are visited innermost first, so a wrapper already has its repaired content. Where the function yields several
    values, each is the whole object with every change so far.
    """

    def apply(draft: Draft) -> Applied:
        notes: list[Edit | Left] = []
        for layer in sorted(draft.layers(), key=lambda layer: len(layer.pointer), reverse=True):
            for result in change(replace(layer, raw=draft.at(layer.pointer)), draft):
                if isinstance(result, Left):
                    notes.append(result)
                else:
                    value, note = result
                    draft = draft.put(layer.pointer, value)
                    notes.append(note)
        return draft, tuple(notes)

    return apply


def _layers(raw: Any, pointer: Pointer, path: LayerPath, model: Model | None, depth: int) -> Iterator[DraftLayer]:
    """The layers of a serialized model."""
    config = raw.get("config") if isinstance(raw, Mapping) else None
    steps: Pointer = ("config",) if isinstance(config, list) else ("config", "layers")
    items = config if isinstance(config, list) else config.get("layers") if isinstance(config, Mapping) else None
    if not isinstance(items, list) or depth > MAX_DEPTH:
        return
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            continue
        inner = item.get("config")
        name = item.get("name") or (inner.get("name") if isinstance(inner, Mapping) else None)
        original = model.by_name.get(str(name)) if model is not None and name else None
        if original is None and model is not None and len(model.listed_layers) == len(items):
            original = model.listed_layers[index]
        own = (*path, str(name or (original.name if original else index)))
        yield from _contained(item, (*pointer, *steps, index), own, original, depth + 1)


def _contained(
    raw: Mapping[str, Any], pointer: Pointer, path: LayerPath, original: Layer | None, depth: int
) -> Iterator[DraftLayer]:
    """A layer, its inner layers, and the layers of its model."""
    yield DraftLayer(path, pointer, raw, original)
    config = raw.get("config")
    if depth > MAX_DEPTH:
        return
    yield from _layers(raw, pointer, path, original.model if original else None, depth)
    if not isinstance(config, Mapping):
        return
    children = original.children if original else {}
    for key, roles in CONTAINED.items():
        if isinstance(config.get(key), Mapping):
            child = next((children[role] for role in roles if role in children), None)
            yield from _contained(config[key], (*pointer, "config", key), (*path, key), child, depth + 1)
    for key in ACTIVATIONS:
        if is_layer(config.get(key)):
            yield DraftLayer((*path, key), (*pointer, "config", key), config[key], None)
    cells = config.get(CELLS)
    for index, cell in enumerate(cells if isinstance(cells, list) else ()):
        if isinstance(cell, Mapping):
            step = f"{CELLS}/{index}"
            where = (*pointer, "config", CELLS, index)
            yield from _contained(cell, where, (*path, step), children.get(step), depth + 1)


def is_layer(value: Any) -> bool:
    """Whether the value of an activation is a layer of some Keras, not a function or a model."""
    if not isinstance(value, Mapping) or not isinstance(value.get("config"), Mapping):
        return False
    name = value.get("class_name")
    return isinstance(name, str) and name not in MODELS and known_somewhere(name)


def _put(value: Any, pointer: Pointer, new: Any) -> Any:
    if not pointer:
        return new
    step, *rest = pointer
    if isinstance(value, list):
        changed = list(value)
        changed[int(step)] = _put(value[int(step)], tuple(rest), new)
        return changed
    return {**value, step: _put(value.get(step), tuple(rest), new)}
