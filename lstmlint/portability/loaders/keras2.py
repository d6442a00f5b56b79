"""Loading in Keras 1 and 2, standalone and inside TensorFlow: one `deserialize_keras_object` for everything.

Sources: keras/utils/generic_utils.py, keras/engine/{network,sequential,saving}.py of Keras 2.3.1;
keras/src/saving/{serialization_lib,legacy/serialization}.py and keras/src/layers/serialization.py of Keras 2.15.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from lstmlint.ir.document import Container
from lstmlint.ir.model import Model
from lstmlint.keras.classes import traits_of
from lstmlint.keras.facts import Facts
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders import compiling, keras2_objects, lambdas, number_texts
from lstmlint.portability.loaders.context import (
    FUNCTIONAL,
    LoadedObject,
    Loading,
    Obstacles,
    deserializing,
    missing,
    objects_of,
    refusals,
    roots,
    unknown_class_rule,
    wrapped,
)
from lstmlint.portability.loaders.texts import UNKNOWN
from lstmlint.portability.obstacle import DUMP

LAMBDA = (
    "Requested the deserialization of a Lambda layer with a Python `lambda` inside it. This carries a potential risk "
    "of arbitrary code execution and thus it is disallowed by default. If you trust the source of the saved model, you "
    "can pass `safe_mode=False` to the loading function in order to allow Lambda layer loading."
)
UNREGISTERED = (
    "Cannot deserialize object of type `{name}`. If `{name}` is a custom class, please register it using the "
    "`@keras.saving.register_keras_serializable()` decorator."
)
NOT_ADDED = "The added layer must be an instance of class Layer. Received: layer={name} of type <class 'str'>."
NO_GPU = f"No OpKernel was registered to support Op 'CudnnRNN' used by node {{name}}/CudnnRNN {DUMP}"
#: The first Keras of TensorFlow with the serialization library of Keras 3.
FIRST_MODERN = (2, 12)
#: The first version of the package tf-keras.
FIRST_PACKAGE = (2, 16)


def obstacles(model: Model, target: Target, facts: Facts) -> Obstacles:
    """The obstacles of Keras 1 or 2 in its order."""
    loading = Loading(model, target, facts)
    (root,) = roots(model)
    if model.document.container is Container.KERAS:
        yield from _modern(root, loading)
    elif model.document.container is not Container.H5 and target.version >= FIRST_MODERN:
        if root.class_name not in facts.names:
            message = f"Keras returned a str, not a model: {root.class_name!r}"
            yield root.refused(unknown_class_rule(root.class_name), "TypeError", message)
        yield from _from_config(root, loading)
    else:
        yield from _object(root, loading)
    yield from _drivers(model, loading)
    yield from compiling.obstacles(loading)


def _modern(place: LoadedObject, loading: Loading) -> Obstacles:
    """A `.keras` file: its objects name their modules."""
    name, module = place.class_name, str(place.value.get("module") or "")
    if module.startswith("keras.src.models"):
        shown = f"tf_{module}" if is_package(loading.target) else module
        message = (
            f"Could not deserialize class '{name}' because its parent module {shown} cannot be imported. "
            f"Full object config: {DUMP}"
        )
        yield place.refused("keras3-to-keras2", "TypeError", message, "module")
    elif module.partition(".")[0] != "keras":
        message = (
            f"Could not locate class '{name}'. Make sure custom classes are decorated with "
            f"`@keras.saving.register_keras_serializable()`. Full object config: {DUMP}"
        )
        yield place.refused("custom-object-required", "TypeError", message)
    elif module in ("keras", "keras.layers") and name not in loading.facts.exported:
        message = (
            f"Could not locate class '{name}'. Make sure custom classes are decorated with "
            f"`@keras.saving.register_keras_serializable()`. Full object config: {DUMP}"
        )
        yield place.refused(unknown_class_rule(name), "TypeError", message)
    yield from _from_config(place, loading)


def is_package(target: Target) -> bool:
    """Whether the Keras is the package tf-keras, which reads its own modules in place of those of keras."""
    return target.is_tf_keras and target.version >= FIRST_PACKAGE


def _object(place: LoadedObject, loading: Loading) -> Obstacles:
    """`deserialize_keras_object` for a layer or model."""
    if not isinstance(place.value, dict):
        return
    name = place.class_name
    has_module = loading.target.version >= FIRST_MODERN and bool(place.value.get("module"))
    if has_module and name in loading.facts.names:
        yield from _modern(place, loading)
        return
    if name == "Sequential" and isinstance(place.config, dict) and loading.target.version < (2,):
        yield place.refused("newer-config", "KeyError", "0", "config")
        return
    if name not in loading.facts.names:
        text = loading.facts.unknown_layer.replace("NAME", name)
        yield place.refused(_rule_of_class(place), "ValueError", text)
        if name not in FUNCTIONAL:
            return
    yield from _from_config(place, loading)


def _rule_of_class(place: LoadedObject) -> str:
    return "newer-config" if place.class_name in FUNCTIONAL else unknown_class_rule(place.class_name)


def _from_config(place: LoadedObject, loading: Loading) -> Obstacles:
    name = place.class_name
    if _is_json(loading) and (name in FUNCTIONAL or name == "Sequential"):
        return _functional(place, loading) if name in FUNCTIONAL else _sequential(place, loading)
    if name in FUNCTIONAL or name == "Sequential":
        layers = place.inner_layers
        groups = [layers] if name in FUNCTIONAL else [(layer,) for layer in layers]
        return chain.from_iterable(_layers(group, loading) for group in groups)
    if name == "Lambda":
        return chain(_lambda(place, loading), _constructor(place, loading))
    if traits_of(name).wraps_layer:
        inner = (_object(place.at("config", key), loading) for key in ("layer", "backward_layer"))
        return chain(*inner, _constructor(place, loading))
    if name in ("RNN", "StackedRNNCells"):
        cells = place.at("config", "cells").value
        steps: list[tuple[Any, ...]] = [("cells", index) for index in range(len(cells or ()))]
        inner = (_object(place.at("config", *step), loading) for step in (("cell",), *steps))
        return chain(*inner, _constructor(place, loading))
    return _constructor(place, loading)


def _is_json(loading: Loading) -> bool:
    """Whether the serialization library of Keras 3 is at work, as in Keras 2.12 and later on all but H5."""
    return loading.target.version >= FIRST_MODERN and loading.document.container is not Container.H5


def _layers(layers: Sequence[LoadedObject], loading: Loading) -> Obstacles:
    """Layers that are made one after the other, and then called."""
    for layer in layers:
        yield from _object(layer, loading)
    yield from number_texts.building(layers, loading.target)


def _functional(place: LoadedObject, loading: Loading) -> Obstacles:
    """A functional model: a layer that stays the name of its class fails when it is called, after all are made."""
    strangers = [layer for layer in place.inner_layers if _is_stranger(layer, loading)]
    for layer in place.inner_layers:
        if layer in strangers:
            yield from _unregistered(layer)
        else:
            yield from _object(layer, loading)
    yield from number_texts.building(place.inner_layers, loading.target)
    for layer in strangers:
        yield layer.refused(unknown_class_rule(layer.class_name), "TypeError", "'str' object is not callable")


def _sequential(place: LoadedObject, loading: Loading) -> Obstacles:
    """A sequential model: a layer that stays the name of its class cannot be added. One without a module is sought."""
    for layer in place.inner_layers:
        if _is_stranger(layer, loading) and "module" in layer.value:
            yield from _unregistered(layer)
            message = NOT_ADDED.format(name=layer.class_name)
            yield layer.refused(unknown_class_rule(layer.class_name), "TypeError", message)
        else:
            yield from _layers((layer,), loading)


def _is_stranger(layer: LoadedObject, loading: Loading) -> bool:
    """Whether the table in which the library looks up the layers of a model lacks the class of one."""
    return isinstance(layer.value, dict) and layer.class_name not in loading.facts.names


def _unregistered(layer: LoadedObject) -> Obstacles:
    """The obstacle of a class that was saved without a module, as custom classes are that nobody registered."""
    if layer.value.get("module", "") is None:
        yield layer.refused("custom-object-required", "TypeError", UNREGISTERED.format(name=layer.class_name))


def _lambda(place: LoadedObject, loading: Loading) -> Obstacles:
    config = place.config if isinstance(place.config, dict) else {}
    function, kind = config.get("function"), config.get("function_type")
    is_safe = _is_json(loading)
    if kind == "lambda" or isinstance(function, list):
        if is_safe:
            yield place.refused("lambda-refused", "ValueError", LAMBDA, "config", "function")
        else:
            yield from lambdas.obstacles(place, loading)
    elif isinstance(function, str):
        if is_safe:
            message = "'str' object is not callable"
        elif loading.target.is_tf_keras:
            message = UNKNOWN.format(kind="function in Lambda layer", name=function)
        else:
            message = f"Unknown function in Lambda layer:{function}"
        error = "TypeError" if "callable" in message else "ValueError"
        yield place.refused("custom-object-required", error, message, "config", "function")


def _constructor(place: LoadedObject, loading: Loading) -> Obstacles:
    """The constructor of a layer: missing arguments, then keys and objects in the order of the class."""
    if not isinstance(place.config, dict):
        return
    taking = loading.facts.layer(place.class_name)
    rule = "keras1-config" if place.is_keras1 else "newer-config"
    keys = refusals(_as_given(place), loading, lambda key: _rule_of_key(key, rule))
    objects = keras2_objects.obstacles(place, list(objects_of(place)), loading)
    values = keras2_objects.values(place, loading)
    keys, objects = chain(values, keys), objects
    ordered = (objects, keys) if traits_of(place.class_name).makes_cell else (keys, objects)
    if "unexpected" in taking.refusal:  # Python itself refuses the key, before the constructor runs
        ordered = (keys, objects)
    inner = chain(missing(place, loading, rule), *ordered)
    shown = loading.facts.aliases.get(place.class_name, place.class_name)
    yield from wrapped(inner, deserializing(shown)) if taking.is_wrapped else inner
    yield from keras2_objects.building(place, loading)


def _as_given(place: LoadedObject) -> LoadedObject:
    if not traits_of(place.class_name).wraps_layer:
        return place
    config = {key: value for key, value in place.config.items() if key not in ("layer", "backward_layer")}
    return LoadedObject({**place.value, "config": config}, place.pointer, place.layer)


def _rule_of_key(key: str, otherwise: str) -> str:
    return "keras3-to-keras2" if key in ("batch_shape", "optional") else otherwise


def _drivers(model: Model, loading: Loading) -> Obstacles:
    """Layers of cuDNN: standalone Keras builds them anywhere, and only a GPU can run them."""
    if loading.target.is_tf_keras or model.document.stored is None:
        return
    for layer in model.all_layers:
        if traits_of(layer.node.written_class).is_cudnn:
            place = LoadedObject(None, layer.pointer, layer.full_name)
            yield place.refused("cudnn-needs-gpu", "InvalidArgumentError", NO_GPU.format(name=layer.name))
