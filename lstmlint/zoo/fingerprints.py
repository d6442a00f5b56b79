"""Fingerprints: digests that are equal for models of one architecture, and for weights of the same shapes.

Names of layers and models are left out, and so are settings that say how a model was trained or how fast it runs:
initializers, regularizers, constraints, seeds, and whether a layer is trainable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import Document
from lstmlint.ir.graph import TensorRef
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, to_json
from lstmlint.review.facts import LEFT_OUT, SPEED
from lstmlint.review.normal import normal

#: Settings that change no result of a trained model.
OF_TRAINING = frozenset(
    {"trainable", "seed", "supports_masking", "activity_regularizer", "autocast", "sparse_gradients"}
)
TRAINING_SUFFIXES = ("_initializer", "_regularizer", "_constraint")

#: Values that mean the same as a key that is not there.
NOTHING: tuple[Any, ...] = (None, False, [], {})

DIGITS = 32
"""Hexadecimal digits of a fingerprint; two different models of a zoo do not share one by chance."""


def architecture(model: Model) -> str | None:
    """The fingerprint of the layers, their settings, weights' shapes and connections; `None` without architecture."""
    return _digest(_graph(model)) if model.graph is not None else None


def tensor_shapes(document: Document) -> str | None:
    """The fingerprint of shapes and dtypes of stored tensors, whatever their names and order; `None` without any."""
    tensors = [[list(tensor.shape), tensor.dtype] for stored in document.stored or () for tensor in stored.tensors]
    return _digest(sorted(tensors)) if tensors else None


def _graph(model: Model) -> list[Any]:
    """The layers of a model in their order, each by its number, and the ends of the model."""
    numbers = {layer.name: number for number, layer in enumerate(model.layers)}
    graph = model.graph
    ends = [_references(graph.inputs, numbers), _references(graph.outputs, numbers)] if graph else []
    return [[_layer(layer, numbers) for layer in model.layers], ends]


def _layer(layer: Layer, numbers: Mapping[str, int]) -> list[Any]:
    inner = _graph(layer.model) if layer.model is not None else None
    return [
        inner or layer.class_name,
        dict(_settings(layer)) if inner is None else {},
        None if isinstance(layer.weights, Unknown) else [to_json(weight.shape) for weight in layer.weights],
        [[_references(call.inputs, numbers), _references(call.arguments, numbers)] for call in layer.node.calls],
        {role: _layer(child, numbers) for role, child in layer.children.items()},
    ]


def _settings(layer: Layer) -> Iterator[tuple[str, Any]]:
    """The settings of a layer that change its results, in one spelling for every Keras."""
    for key, value in layer.config.items():
        if key in LEFT_OUT or key in SPEED or key in OF_TRAINING or key.endswith(TRAINING_SUFFIXES):
            continue
        spelled = value if value is None or isinstance(value, bool) else normal(key, value)
        if not any(spelled is nothing or (spelled == nothing and spelled != 0) for nothing in NOTHING):
            yield key, spelled


def _references(structure: Any, numbers: Mapping[str, int]) -> Any:
    """A structure of tensors with the number of each layer in place of its name."""
    if isinstance(structure, TensorRef):
        return [numbers.get(structure.layer, -1), structure.call, structure.index]
    if isinstance(structure, list | tuple):
        return [_references(item, numbers) for item in structure]
    if isinstance(structure, Mapping):
        return {str(key): _references(item, numbers) for key, item in structure.items()}
    return structure


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:DIGITS]
