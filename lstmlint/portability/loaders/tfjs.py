"""Loading of a layers model in TensorFlow.js; `tensorflowjs_converter` passes the config on as it is.

Sources: dist/{models,engine/container,engine/input_layer,layers/recurrent,utils/generic_utils}.js of tfjs-layers
4.22.0, and what it says of the configs in `tests/data/targets.jsonl`. `lstmlint/keras/data/tfjs.json` holds the names
that it knows (`fixtures/scripts/targets/names_tfjs.js`).
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any

from lstmlint.analyses.mask_treatments import NO_MASK
from lstmlint.analyses.masks import mask_flow
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import traits_of
from lstmlint.keras.versions import TARGETS, Line
from lstmlint.keras.writer import parse_version
from lstmlint.portability.loaders import drifts
from lstmlint.portability.loaders.context import FUNCTIONAL, LoadedObject, Obstacles, objects_of, roots
from lstmlint.portability.loaders.runtimes import nothing_to_convert
from lstmlint.portability.obstacle import DUMP, Obstacle, Stage, obstacle

KERAS_3, REFUSED, DRIFT = "tfjs-keras3", "tfjs-layer-refused", "tfjs-drift"

NO_SHAPE = "An InputLayer should be passed either a `batchInputShape` or an `inputShape`."
NO_FIRST_SHAPE = "The first layer in a Sequential model must get an `inputShape` or `batchInputShape` argument."
NODES = "Corrupted configuration, expected array for nodeData: [object Object]"
RESET_AFTER = "GRUCell does not support reset_after parameter set to true."
NO_UNITS = "Expected units to be a positive integer, but got undefined."
MERGE = "Legacy serialization format not supported yet."
SEPARABLE = (
    "Fields kernelInitializer, kernelRegularizer and kernelConstraint are invalid for SeparableConv2D. Use "
    "depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint, pointwiseInitializer, pointwiseRegularizer and "
    "pointwiseConstraint instead."
)
NO_VARIABLE = f"Provided weight data has no target variable: {DUMP}"
DICT_INPUTS = "Object is not iterable."

#: InputLayer and the first layer of a Sequential need one of these keys.
SHAPES = ("batch_input_shape", "input_shape")

#: The key that holds a layer's width, by class: tfjs-layers reads it when it makes the layer. Keras 1 has another name.
UNITS: Mapping[str, str] = {
    **dict.fromkeys(("Dense", "LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"), "units"),
    **dict.fromkeys(("ConvLSTM2D", "ConvLSTM2DCell"), "filters"),
}
KERAS_1_UNITS = frozenset({"output_dim", "nb_filter"})
SEPARABLE_KEYS = frozenset({"kernel_initializer", "kernel_regularizer", "kernel_constraint"})

#: The kinds of objects that are written as classes.
CLASSES = frozenset({"initializer", "regularizer", "constraint"})

#: The first Keras of TensorFlow whose `Bidirectional` gives zeros for masked steps.
FIRST_ZEROED = (2, 1)


def obstacles(model: Model) -> Iterator[Obstacle]:
    """The obstacles of TensorFlow.js in its order."""
    yield from nothing_to_convert(model)
    (root,) = roots(model)
    yield from _object(root, has_weights=model.document.stored is not None)
    yield from drifts.obstacles(model, TARGETS[Line.TFJS])
    yield from _drifts(model)


@cache
def names() -> Mapping[str, Any]:
    """The names that TensorFlow.js knows, by kind, and its message on others."""
    loaded: Mapping[str, Any] = json.loads(pkgutil.get_data("lstmlint", "keras/data/tfjs.json") or b"{}")
    return loaded


def unknown(kind: str, name: str) -> str:
    text: str = names()["unknown"]
    return text.replace("KIND", kind).replace("NAME", name)


def _object(place: LoadedObject, *, has_weights: bool) -> Obstacles:
    """A layer or model."""
    name, config = place.class_name, place.config
    if not name or config is None:
        return
    if name not in names()["classes"]:
        yield place.refused(REFUSED, "ValueError", unknown("layer", name))
        return
    if name == "Sequential":
        yield from _sequential(place, has_weights=has_weights)
    elif name in FUNCTIONAL:
        yield from _functional(place, has_weights=has_weights)
    elif isinstance(config, dict):
        inner = _inner(place)
        yield from chain.from_iterable(_object(one, has_weights=has_weights) for one in inner)
        yield from _layer(place)
        yield from _weights(place, has_weights=has_weights)


def _inner(place: LoadedObject) -> Iterator[LoadedObject]:
    """The layers and cells that a layer makes before itself."""
    if traits_of(place.class_name).wraps_layer:
        yield place.at("config", "layer")
    elif place.class_name in ("RNN", "StackedRNNCells"):
        cells = place.at("config", "cells").value
        yield place.at("config", "cell")
        yield from (place.at("config", "cells", index) for index in range(len(cells or ())))


def _sequential(place: LoadedObject, *, has_weights: bool) -> Obstacles:
    layers = place.inner_layers
    if isinstance(place.config, list) and layers and layers[0].class_name == "Merge":
        yield place.refused(REFUSED, "ValueError", MERGE)
        return
    for index, layer in enumerate(layers):
        yield from _object(layer, has_weights=has_weights)
        is_layer = layer.class_name not in FUNCTIONAL | {"Sequential", "InputLayer"}
        if index == 0 and is_layer and not _has_shape(layer):
            yield layer.refused(REFUSED, "ValueError", NO_FIRST_SHAPE)


def _has_shape(layer: LoadedObject) -> bool:
    """Whether a layer, or the layer inside it, states the shape of its input."""
    config = layer.config if isinstance(layer.config, dict) else {}
    inner = layer.at("config", "layer").config
    return any(key in told for told in (config, inner) if isinstance(told, dict) for key in SHAPES)


def _functional(place: LoadedObject, *, has_weights: bool) -> Obstacles:
    for layer in place.inner_layers:
        yield from _object(layer, has_weights=has_weights)
        nodes = layer.value.get("inbound_nodes")
        if isinstance(nodes, list) and any(isinstance(node, dict) for node in nodes):
            yield layer.refused(KERAS_3, "ValueError", NODES, "inbound_nodes")
    if isinstance(place.at("config", "input_layers").value, dict):
        yield place.refused(REFUSED, "TypeError", DICT_INPUTS, "config", "input_layers")


def _layer(place: LoadedObject) -> Obstacles:
    """The constructor of a layer."""
    name, config = place.class_name, place.config
    if name == "InputLayer" and not any(config.get(key) is not None for key in SHAPES):
        steps = ("config", "batch_shape") if "batch_shape" in config else ("config",)
        yield place.refused(KERAS_3 if "batch_shape" in config else REFUSED, "ValueError", NO_SHAPE, *steps)
    if name in ("GRU", "GRUCell") and config.get("reset_after"):
        yield place.refused(REFUSED, "ValueError", RESET_AFTER, "config", "reset_after")
    if name in UNITS and config.get(UNITS[name]) is None:
        rule = "keras1-config" if not KERAS_1_UNITS.isdisjoint(config) else REFUSED
        yield place.refused(rule, "ValueError", NO_UNITS, "config")
    if name == "SeparableConv2D" and any(config.get(key) is not None for key in SEPARABLE_KEYS):
        yield place.refused(REFUSED, "ValueError", SEPARABLE, "config")
    for kind, key, value in objects_of(place):
        written = value.get("class_name") if isinstance(value, dict) else value
        is_judged = isinstance(value, dict) if kind in CLASSES else isinstance(value, str)
        if is_judged and written not in names()[kind]:
            yield place.refused(REFUSED, "ValueError", unknown(kind, str(written)), "config", key)


def _weights(place: LoadedObject, *, has_weights: bool) -> Obstacles:
    """Stored weights without a variable, because tfjs-layers names the variables otherwise."""
    if not has_weights:
        return
    if place.class_name == "Bidirectional" and place.config.get("backward_layer") is not None:
        yield place.refused(REFUSED, "ValueError", NO_VARIABLE, "config", "backward_layer")
    if place.class_name == "RNN" and place.at("config", "cell").class_name == "StackedRNNCells":
        yield place.refused(REFUSED, "ValueError", NO_VARIABLE, "config", "cell")


def _drifts(model: Model) -> Obstacles:
    """Layers that are loaded without a word and computed otherwise."""
    for layer in model.all_layers:
        if layer.config.get("time_major") is True:
            message = "time_major is true, which TensorFlow.js does not have: it takes the first axis for the batch"
            pointer = (*layer.pointer, "config", "time_major")
            yield obstacle(DRIFT, "", message, pointer, layer.full_name, Stage.COMPUTE)
    version = parse_version(model.document.keras_version or "")
    for call in mask_flow(model).calls if version and version >= FIRST_ZEROED else ():
        layer = call.layer
        core = layer.children.get("forward")
        if layer.class_name != "Bidirectional" or core is None or not core.config.get("return_sequences"):
            continue
        if call.mask != NO_MASK and not isinstance(call.mask, Unknown):
            message = "at masked steps its sequence repeats the last step before, where Keras gives zeros"
            yield obstacle(DRIFT, "", message, layer.pointer, layer.full_name, Stage.COMPUTE)
