"""A saved model beside itself with other settings of layers, as if both were built anew.

Stored weights and recorded shapes belong to the settings with which they were written; neither side has them, so that a
number is computed from the settings or unknown. Nothing is said of loading, since no file holds the new side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.dialects import graph_of
from lstmlint.inference.infer import infer
from lstmlint.inference.modelling import modelled
from lstmlint.ir.dataclass import replace
from lstmlint.ir.document import Container, Document, FileError, Pointer, UnreadableError
from lstmlint.ir.graph import NOTHING, Graph, Node
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.config_schemas import judges, keys, value_at
from lstmlint.linting.judging import judged
from lstmlint.readers import read_source
from lstmlint.readers.source import opened
from lstmlint.review.change import FILE_SIZE, Diff
from lstmlint.review.compare import compare
from lstmlint.review.sources import ModelPlace, read_of
from lstmlint.settings.settings import Settings

#: Keys that name or join layers; another value would be another model.
STRUCTURE = frozenset({"name", "layer", "backward_layer", "cell", "cells", "layers", "input_layers", "output_layers"})


class CannotSetError(FileError, ValueError):
    """A model has no such layer or setting; the message says which there are."""


def what_if(path: str, changes: Mapping[str, Any], settings: Settings) -> Diff:
    """The difference between a saved model and the same model with other settings of layers; no file changes.

    Args:
        path: a file in any supported format.
        changes: new values by the layer's name or path and the key of its config: `{"lstm_1.units": 128}`. A key that
            a wrapper does not take is that of the layers in it.
        settings: the settings by which both are judged.

    Raises:
        CannotSetError: a layer or key is not there, or several layers have the name.
        UnreadableError: the file cannot be read, or holds no architecture.
        NotAModelError: the file has nothing to do with Keras.
    """
    with opened(path) as source:
        document, size = read_source(source), source.size
    if document.config is None:
        raise UnreadableError("holds no architecture, so that no setting can be changed; name the file of the model")
    old = Document(
        path, Container.JSON, document.config, keras_version=document.keras_version, backend=document.backend,
        training_config=document.training_config,
    )  # fmt: skip
    model = modelled(old, settings.layers)
    config: Any = document.config
    for setting, value in changes.items():
        for pointer in _places(model, setting):
            config = _with(config, pointer, value)
    told = ", ".join(f"{setting}={_text(value)}" for setting, value in changes.items())
    new = replace(old, config=config)
    sides = [
        read_of(ModelPlace(name, path), judged(_built_anew(one, settings), settings), settings, size)
        for name, one in ((path, old), (f"{path} with {told}", new))
    ]
    difference = compare(*sides)
    written = str(document.container)
    return replace(
        difference,
        old=replace(difference.old, container=written),
        new=replace(difference.new, container=written),
        loads=(),
        totals=tuple(one for one in difference.totals if one.name != FILE_SIZE),
    )


def _built_anew(document: Document, settings: Settings) -> Model:
    """The model of a document without the shapes that the file records beside the configs."""
    graph = graph_of(document)
    taught: Mapping[str, Any] = NOTHING
    if settings.layers:
        from lstmlint.inference.taught import taught_layers

        taught = taught_layers(settings.layers)
    return infer(document, _unrecorded(graph) if graph else None, NOTHING, taught)


def _unrecorded(graph: Graph) -> Graph:
    return replace(graph, recorded={}, nodes=tuple(map(_unbuilt, graph.nodes)))


def _unbuilt(node: Node) -> Node:
    children = {role: _unbuilt(child) for role, child in node.children.items()}
    return replace(node, build_shape=None, children=children, graph=_unrecorded(node.graph) if node.graph else None)


def _places(model: Model, setting: str) -> Iterator[Pointer]:
    """The pointers to a setting, of which a layer that the file writes several times has several."""
    name, dot, key = setting.rpartition(".")
    if not dot or not name or not key:
        raise CannotSetError(f"{setting!r} names no setting; write LAYER.KEY, as lstm_1.units")
    named = {layer.full_name: layer for layer in model.all_layers if name in (layer.name, layer.full_name)}
    if name in named:
        named = {name: named[name]}
    if len(named) > 1:
        raise CannotSetError(f"has several layers {name!r}; name one by its path: {', '.join(named)}")
    if not named:
        names = ", ".join(layer.full_name for layer in model.listed_layers)
        raise CannotSetError(f"has no layer {name!r}; it has {names}")
    layer = next(iter(named.values()))
    takers = list(_takers(model, layer, key))
    if not takers:
        taken = sorted({key for inner in layer.walk() for key in _keys(model, inner)} - STRUCTURE)
        raise CannotSetError(f"layer {name!r} takes no {key!r}; it takes {', '.join(taken) or 'nothing'}")
    shared = {one.node.shared_as for one in takers} - {""}
    takers += [one for one in model.all_layers if one.node.shared_as in shared]
    yield from dict.fromkeys((*one.pointer, "config", key) for one in takers)


def _takers(model: Model, layer: Layer, key: str) -> Iterator[Layer]:
    """The layer itself where it takes a key, or the layers that it wraps."""
    if key in _keys(model, layer) - STRUCTURE:
        yield layer
        return
    for child in layer.children.values():
        yield from _takers(model, child, key)


def _keys(model: Model, layer: Layer) -> set[str]:
    """The keys that the file writes for a layer, and those that its Keras takes."""
    written = value_at(model.document.config, (*layer.pointer, "config"))
    if not isinstance(written, dict) or layer.model is not None or layer.node.is_implicit:
        return set()
    generation = model.graph.semantics.generation if model.graph else None
    known = judges(model.document.keras_version, generation)
    return {*written, *keys(layer.node.written_class, known.versions)}


def _with(value: Any, pointer: Pointer, item: Any) -> Any:
    """A value with another item at the end of a pointer; what leads to it is copied."""
    if not pointer:
        return item
    step, *rest = pointer
    copy: Any = dict(value) if isinstance(value, Mapping) else list(value)
    copy[step] = _with(value_at(value, (step,)), tuple(rest), item)
    return copy


def _text(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value)
