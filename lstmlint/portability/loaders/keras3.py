"""Loading in Keras 3: JSON and `.keras` by its serialization library, H5 by its loader for old files.

Sources: keras/src/saving/serialization_lib.py, keras/src/legacy/saving/{saving_utils,serialization}.py,
keras/src/models/{sequential,functional}.py and `from_config` of the layers, Keras 3.15.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from lstmlint.ir.document import Container
from lstmlint.ir.model import Model
from lstmlint.keras.classes import traits_of
from lstmlint.keras.facts import Facts
from lstmlint.keras.serialized import ENDS, is_single_end
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders import compiling, keras3_objects, lambdas, number_texts, ranks
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
from lstmlint.portability.loaders.texts import NOT_DESERIALIZED, UNKNOWN, not_located
from lstmlint.portability.obstacle import DUMP

LAMBDA = (
    "Requested the deserialization of a `Lambda` layer whose `function` is a Python lambda. This carries a potential "
    "risk of arbitrary code execution and thus it is disallowed by default. If you trust the source of the artifact, "
    "you can override this error by passing `safe_mode=False` to the loading function, or calling "
    "`keras.config.enable_unsafe_deserialization()."
)
SLASH = (
    "Argument `name` must be a string and cannot contain character `/`. Received: name={name} (of type <class 'str'>)"
)
DISCONNECTED = (
    "Invalid Functional model configuration. The graph of the Functional model either has loops or disconnected nodes. "
    f"The following nodes failed to be resolved: {DUMP}"
)
MODELS = FUNCTIONAL | {"Sequential"}

#: The keys that Lambda of older Keras writes and the loader of H5 files drops.
LAMBDA_KEYS = frozenset({"module", "function_type", "output_shape_type", "output_shape_module"})

#: The first Keras 3 that looks whether a config is a dict, that refuses what is no class of its own by its module, and
#: that refuses the bytecode of a Lambda in H5; then the first that takes a text in H5 for a function of that name, that
#: sees that a graph is never complete, and that reads a single end without a list around it.
FIRST_CHECKED, FIRST_SAVEABLE, FIRST_SAFE_H5 = (3, 15), (3, 11), (3, 11)
FIRST_MISTAKEN, FIRST_ENDING, FIRST_SINGLE_ENDS = (3, 14), (3, 15), (3, 4)

#: What becomes of a graph that is never complete.
NEVER_ENDS = "it never ends, as it waits for a call that no layer has"

#: What Python says of a single end that is read letter by letter.
LETTERS = "functional_from_config.<locals>.get_tensor() takes 3 positional arguments but {count} were given"

#: The module that holds the operations, which are named as layers are.
OPERATIONS = "keras.src.ops"


def obstacles(model: Model, target: Target, facts: Facts) -> Obstacles:
    """The obstacles of Keras 3 in its order."""
    loading = Loading(model, target, facts)
    (root,) = roots(model)
    if model.document.container is Container.H5:
        yield from _legacy(root, loading)
    else:
        yield from _modern(root, loading)
    yield from compiling.obstacles(loading)


def _modern(place: LoadedObject, loading: Loading) -> Obstacles:
    """`serialization_lib.deserialize_keras_object`."""
    name, value = place.class_name, place.value
    if not isinstance(value, dict) or "class_name" not in value or "config" not in value:
        return
    if isinstance(place.config, list) and loading.target.version >= FIRST_CHECKED:
        message = f"Expected 'config' to be a dict for {name},\ninstead got <class 'list'>\nFull config: {DUMP}"
        yield place.refused("k3-legacy-json", "TypeError", message)
    yield from _locating(place, loading)
    inner = _from_config(place, loading, is_legacy=False)
    class_text = loading.facts.class_text(name)
    yield from wrapped(inner, lambda text: NOT_DESERIALIZED.format(name=class_text, inner=text), only="TypeError")
    yield from keras3_objects.building(place)


def _locating(place: LoadedObject, loading: Loading) -> Obstacles:
    """`_retrieve_class_or_fn` for the class of an object."""
    name, module = place.class_name, place.value.get("module")
    if not isinstance(module, str) or not module:
        rule = "k3-legacy-json" if "module" not in place.value else "custom-object-required"
        if "module" not in place.value and name not in loading.facts.names:
            rule = unknown_class_rule(name)
        yield place.refused(rule, "TypeError", not_located("class", name, loading.target))
    elif module.partition(".")[0] != "keras":
        yield place.refused("custom-object-required", "TypeError", not_located("class", name, loading.target))
    elif module.startswith(OPERATIONS):
        return
    elif module.startswith(("keras.src.engine", "keras.engine", "keras.src.saving.legacy")):
        message = (
            f"Could not deserialize class '{name}' because its parent module {module} cannot be imported. "
            f"Full object config: {DUMP}"
        )
        yield place.refused("k3-functional-module", "TypeError", message, "module")
    elif name in loading.facts.exported or module not in ("keras", "keras.layers", "keras.models"):
        return
    elif loading.target.version < FIRST_SAVEABLE:
        yield place.refused(unknown_class_rule(name), "TypeError", not_located("class", name, loading.target))
    else:
        message = f"Could not deserialize '{module}.{name}' because it is not a KerasSaveable subclass"
        yield place.refused(unknown_class_rule(name), "ValueError", message)


def _legacy(place: LoadedObject, loading: Loading) -> Obstacles:
    """`saving_utils.model_from_config`: the loader of H5 files."""
    name, config = place.class_name, place.config
    if isinstance(config, list):
        yield place.refused("k3-legacy-json", "TypeError", "pop expected at most 1 argument, got 2")
    if name not in loading.facts.names:
        yield place.refused(unknown_class_rule(name), "ValueError", UNKNOWN.format(kind="layer", name=name))
        return
    for key, value in config.items() if isinstance(config, dict) else ():
        is_function = isinstance(value, str) and key != "name" and value in loading.facts.functions
        if is_function and loading.target.version >= FIRST_MISTAKEN:
            yield from _mistaken(place, key, value)
    yield from _from_config(place, loading, is_legacy=True)


def _mistaken(place: LoadedObject, key: str, value: str) -> Obstacles:
    """A text that the loader takes for the function of that name in keras.layers."""
    if (place.class_name, key) not in {("Attention", "score_mode"), ("AdditiveAttention", "score_mode")}:
        return
    inner = f"Invalid value for argument {key}. Expected one of {DUMP}. Received: {key}=<function {value} at {DUMP}>"
    message = deserializing(place.class_name)(inner)
    yield place.refused("k3-config-field-refused", "TypeError", message, "config", key)


def _layer(place: LoadedObject, loading: Loading) -> Obstacles:
    """A layer of a model: by the loader of old files where it names no module."""
    if isinstance(place.value, dict) and "module" in place.value:
        return _modern(place, loading)
    return _legacy(place, loading)


def _from_config(place: LoadedObject, loading: Loading, *, is_legacy: bool) -> Obstacles:
    """`from_config` of the class."""
    name = place.class_name
    if name == "Sequential":
        return _sequential(place, loading, is_legacy=is_legacy)
    if name in FUNCTIONAL:
        return _functional(place, loading)
    if name == "Lambda":
        return _lambda(place, loading, is_legacy=is_legacy)
    if traits_of(name).wraps_layer:
        inner = (_modern(place.at("config", key), loading) for key in ("layer", "backward_layer"))
        return chain(*inner, _constructor(place, loading, is_legacy=is_legacy))
    if name in ("RNN", "StackedRNNCells"):
        cells = place.at("config", "cells").value
        steps: list[tuple[Any, ...]] = [("cells", index) for index in range(len(cells or ()))]
        inner = (_modern(place.at("config", *step), loading) for step in (("cell",), *steps))
        return chain(*inner, _constructor(place, loading, is_legacy=is_legacy))
    return _constructor(place, loading, is_legacy=is_legacy)


def _sequential(place: LoadedObject, loading: Loading, *, is_legacy: bool) -> Obstacles:
    if isinstance(place.config, dict) and "name" not in place.config:
        message = (
            "A Sequential model configuration must be a dictionary containing the 'name' and 'layers' keys. "
            f"Received: config={DUMP}"
        )
        yield place.refused("k3-legacy-json", "ValueError", message)
    yield from _slashed(place)
    layers = place.inner_layers
    surplus = ranks.surplus(layers, loading.target) if is_legacy else None
    for index, layer in enumerate(layers):
        yield from _layer(layer, loading)
        if surplus is not None and surplus.index == index:
            yield surplus.obstacle
        yield from number_texts.building((layer,), loading.target)


def _functional(place: LoadedObject, loading: Loading) -> Obstacles:
    layers = place.inner_layers
    for layer in layers:
        yield from _layer(layer, loading)
    yield from number_texts.building(layers, loading.target)
    for layer in layers:
        nodes = layer.value.get("inbound_nodes")
        for node in nodes if isinstance(nodes, list) else ():
            yield from _call(layer, node)
    yield from _disconnected(layers, loading)
    yield from _ends(place, loading)
    yield from _slashed(place)


def _call(layer: LoadedObject, node: Any) -> Obstacles:
    """A call as Keras 2 records it, with states beside the input; Keras 3 takes the states for inputs."""
    if traits_of(layer.class_name).takes_state and isinstance(node, list) and len(node) > 1:
        message = (
            f'Layer "{layer.layer}" expects 1 input(s), but it received {len(node)} input tensors. '
            f"Inputs received: {DUMP}"
        )
        yield layer.refused("k3-initial-state-legacy", "ValueError", message, "inbound_nodes")


def _disconnected(layers: Sequence[LoadedObject], loading: Loading) -> Obstacles:
    """References to calls of a nested model, which Keras 2 counts from 1 and Keras 3 from 0."""
    calls = {layer.layer: len(_nodes(layer)) for layer in layers if layer.class_name in MODELS}
    for layer in layers:
        for reference in (item for node in _nodes(layer) if isinstance(node, list) for item in node):
            name, index = (
                (reference[0], reference[1]) if isinstance(reference, list) and len(reference) > 2 else ("", 0)
            )
            if isinstance(name, str) and name in calls and isinstance(index, int) and index >= calls[name]:
                is_seen = loading.target.version >= FIRST_ENDING
                error, message = ("ValueError", DISCONNECTED) if is_seen else ("", NEVER_ENDS)
                yield layer.refused("k3-legacy-json", error, message, "inbound_nodes")
                return


def _ends(place: LoadedObject, loading: Loading) -> Obstacles:
    """A single input or output without a list around it, which the first Kerases take for several."""
    config = place.config if isinstance(place.config, dict) else {}
    single = next((key for key in ENDS if is_single_end(config.get(key))), None)
    if single is not None and loading.target.version < FIRST_SINGLE_ENDS:
        count = len(config[single][0])
        yield place.refused("newer-config", "TypeError", LETTERS.format(count=count), "config", single)


def _nodes(layer: LoadedObject) -> list[Any]:
    nodes = layer.value.get("inbound_nodes")
    return nodes if isinstance(nodes, list) else []


def _slashed(place: LoadedObject) -> Obstacles:
    """Names with a slash, which Keras 3 keeps for paths."""
    name = place.config.get("name") if isinstance(place.config, dict) else None
    if isinstance(name, str) and "/" in name:
        yield place.refused("k3-config-field-refused", "ValueError", SLASH.format(name=name), "config", "name")


def _lambda(place: LoadedObject, loading: Loading, *, is_legacy: bool) -> Obstacles:
    config = place.config if isinstance(place.config, dict) else {}
    function = config.get("function")
    is_bytecode = isinstance(function, dict) and function.get("class_name") == "__lambda__"
    if (is_bytecode or isinstance(function, list)) and is_legacy and loading.target.version < FIRST_SAFE_H5:
        yield from lambdas.obstacles(place, loading)
    elif is_bytecode or (is_legacy and isinstance(function, list)):
        yield place.refused("lambda-refused", "ValueError", LAMBDA, "config", "function")
    elif isinstance(function, dict) and function.get("class_name") == "function":
        written = str(function.get("config"))
        if not loading.facts.knows("activation", written):
            message = not_located("function", written, loading.target)
            yield place.refused("custom-object-required", "TypeError", message, "config", "function")
    if not is_legacy:
        extra = {key: value for key, value in config.items() if key in LAMBDA_KEYS}
        if extra:
            message = f"Unrecognized keyword arguments passed to Lambda: {extra}"
            yield place.refused("k3-config-field-refused", "ValueError", message, "config", next(iter(extra)))
    if isinstance(function, str):
        message = "'str' object is not callable"
        yield place.refused("custom-object-required", "TypeError", message, "config", "function")


def _constructor(place: LoadedObject, loading: Loading, *, is_legacy: bool) -> Obstacles:
    """The constructor of a layer: missing arguments, then names, keys and objects in the order of the class."""
    if not isinstance(place.config, dict):
        return
    taking = loading.facts.layer(place.class_name)
    rule = "keras1-config" if "output_dim" in place.config or "nb_filter" in place.config else "k3-config-field-refused"
    keys = refusals(_as_given(place, is_legacy=is_legacy), loading, _rule_of_key)
    objects = keras3_objects.obstacles(place, list(objects_of(place)), loading)
    values = keras3_objects.values(place, loading.target, is_legacy=is_legacy)
    first = number_texts.making(place, loading.target, number_texts.When.FIRST)
    ordered = (first, objects, keys, values) if traits_of(place.class_name).makes_cell else (keys, values, objects)
    inner: Obstacles = chain(missing(place, loading, rule), _slashed(place), *ordered)
    if taking.is_wrapped:
        yield from keras3_objects.policies(place)
        inner = wrapped(inner, deserializing(place.class_name))
    yield from inner


def _as_given(place: LoadedObject, *, is_legacy: bool) -> LoadedObject:
    """The object as the constructor gets it: the loader of H5 files renames the recorded shape."""
    config = place.config
    if place.class_name == "InputLayer" or (is_legacy and "batch_input_shape" in config):
        config = {key: value for key, value in config.items() if key != "batch_input_shape"}
    if traits_of(place.class_name).wraps_layer:
        config = {key: value for key, value in config.items() if key not in ("layer", "backward_layer")}
    return LoadedObject({**place.value, "config": config}, place.pointer, place.layer)


def _rule_of_key(key: str) -> str:
    if key == "time_major":
        return "k3-time-major"
    return "k3-config-field-refused"
