"""The objects in a layer's config as Keras 3 reads them, and values that it refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lstmlint.keras.classes import traits_of
from lstmlint.portability.loaders.context import LoadedObject, Loading, Obstacles
from lstmlint.portability.loaders.texts import NOT_DESERIALIZED, not_located
from lstmlint.portability.obstacle import DUMP

NOT_INTERPRETED: Mapping[str, str] = {
    "initializer": "Could not interpret initializer identifier: {given}",
    "regularizer": "Could not interpret regularizer identifier: {given}",
    "constraint": "Could not interpret constraint identifier: {given}",
    "activation": "Could not interpret activation function identifier: {given}",
}

NO_MODULE = (
    "Cannot deserialize object of type `{name}`. If `{name}` is a custom class, please register it using the "
    "`@keras.saving.register_keras_serializable()` decorator."
)


def obstacles(place: LoadedObject, found: Iterable[tuple[str, str, Any]], loading: Loading) -> Obstacles:
    """The initializers, regularizers, constraints and activations that are not known, or not with their keys."""
    facts = loading.facts
    for kind, key, value in found:
        name = value.get("class_name") if isinstance(value, dict) else value
        if not isinstance(name, str):
            continue
        if name == "function":
            name = value.get("config")
        if isinstance(value, dict) and kind == "activation" and isinstance(value.get("config"), dict):
            module = value.get("module") or ""
            if not isinstance(module, str):
                message = f"'{type(module).__name__}' object has no attribute 'startswith'"
                yield place.refused("custom-object-required", "AttributeError", message, "config", key)
            elif module.partition(".")[0] != "keras":
                message = not_located("class", name, loading.target)
                yield place.refused("custom-object-required", "TypeError", message, "config", key)
        elif not facts.knows(kind, str(name)):
            if isinstance(value, dict) and "module" in value and value["module"] is None:
                message, error = NO_MODULE.format(name=name), "TypeError"
            else:
                given = DUMP if isinstance(value, dict) else name
                message, error = NOT_INTERPRETED[kind].format(given=given), "ValueError"
            yield place.refused("custom-object-required", error, message, "config", key)
        elif isinstance(value, dict) and isinstance(value.get("config"), dict):
            taken = facts.takes(kind, str(name))
            extra = [inner for inner in value["config"] if taken is not None and inner not in taken]
            if extra:
                inner = f"{name}.__init__() got an unexpected keyword argument '{extra[0]}'"
                message = NOT_DESERIALIZED.format(name=f"<class '{DUMP}'>", inner=inner)
                yield place.refused("k3-config-field-refused", "TypeError", message, "config", key, "config", extra[0])


def values(place: LoadedObject, *, is_legacy: bool) -> Obstacles:
    """Values that the constructor refuses though the key is known."""
    config = place.config
    axis = config.get("axis")
    if place.class_name == "BatchNormalization" and isinstance(axis, list) and not (is_legacy and len(axis) == 1):
        message = "int() argument must be a string, a bytes-like object or a real number, not 'list'"
        yield place.refused("k3-config-field-refused", "TypeError", message, "config", "axis")


def policies(place: LoadedObject) -> Obstacles:
    """Policies of mixed precision as Keras 2 writes them, met before the constructor runs."""
    dtype = place.config.get("dtype")
    if isinstance(dtype, dict) and str(dtype.get("class_name", "")).startswith("Policy"):
        message = "'str' object has no attribute 'quantization_mode'"
        yield place.refused("k3-config-field-refused", "AttributeError", message, "config", "dtype")


def building(place: LoadedObject) -> Obstacles:
    """`build_from_config`: Keras 2 records the shapes of states beside that of the input."""
    build = place.value.get("build_config")
    shape = build.get("input_shape") if isinstance(build, dict) else None
    if traits_of(place.class_name).makes_cell and isinstance(shape, list) and shape and isinstance(shape[0], list):
        message = f"Cannot convert '{DUMP}' to a shape."
        yield place.refused("k3-initial-state-legacy", "ValueError", message, "build_config", "input_shape")
