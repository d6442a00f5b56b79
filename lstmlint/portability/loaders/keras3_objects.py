"""The objects in a layer's config as Keras 3 reads them, and values that it refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lstmlint.keras.classes import traits_of
from lstmlint.keras.versions import Target
from lstmlint.portability.loaders import number_texts
from lstmlint.portability.loaders.context import (
    Held,
    LoadedObject,
    Loading,
    Obstacles,
    Step,
    first_obstacle,
    held_name,
)
from lstmlint.portability.loaders.texts import NOT_DESERIALIZED, not_located
from lstmlint.portability.obstacle import DUMP, Obstacle

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


def obstacles(place: LoadedObject, objects: Iterable[tuple[str, str, Any]], loading: Loading) -> Obstacles:
    """The initializers, regularizers, constraints and activations that are not known, or not with their keys."""
    for kind, key, value in objects:
        if isinstance(name := held_name(value), str):
            held = Held(kind, key, name, value)
            is_activation = kind == "activation" and held.config is not None
            yield from first_obstacle((_own_activation,) if is_activation else STEPS, place, held, loading)


def _own_activation(place: LoadedObject, held: Held, loading: Loading) -> Obstacle | None:
    """The refusal of a layer or an own object as activation, which Keras 3 looks up by its module."""
    module = held.value.get("module") or ""
    if not isinstance(module, str):
        message, error = f"'{type(module).__name__}' object has no attribute 'startswith'", "AttributeError"
    elif module.partition(".")[0] != "keras":
        message, error = not_located("class", held.name, loading.target), "TypeError"
    else:
        return None
    return place.refused("custom-object-required", error, message, "config", held.key)


def _unknown_object(place: LoadedObject, held: Held, loading: Loading) -> Obstacle | None:
    """The refusal of a name that the Keras does not know."""
    if loading.facts.knows(held.kind, held.name):
        return None
    is_object = isinstance(held.value, dict)
    if is_object and "module" in held.value and held.value["module"] is None:
        message, error = NO_MODULE.format(name=held.name), "TypeError"
    else:
        given = DUMP if is_object else held.name
        message, error = NOT_INTERPRETED[held.kind].format(given=given), "ValueError"
    return place.refused("custom-object-required", error, message, "config", held.key)


def _refused_key(place: LoadedObject, held: Held, loading: Loading) -> Obstacle | None:
    """The refusal of a key that the class does not take."""
    key = held.refused_key(loading.facts)
    if key is None:
        return None
    inner = f"{held.name}.__init__() got an unexpected keyword argument '{key}'"
    message = NOT_DESERIALIZED.format(name=f"<class '{DUMP}'>", inner=inner)
    return place.refused("k3-config-field-refused", "TypeError", message, "config", held.key, "config", key)


#: In the order of Keras: the first refusal is the one that it prints.
STEPS: tuple[Step, ...] = (_unknown_object, _refused_key)


def values(place: LoadedObject, target: Target, *, is_legacy: bool) -> Obstacles:
    """Values that the constructor refuses though the key is known."""
    config = place.config
    axis = config.get("axis")
    if place.class_name == "BatchNormalization" and isinstance(axis, list) and not (is_legacy and len(axis) == 1):
        message = "int() argument must be a string, a bytes-like object or a real number, not 'list'"
        yield place.refused("k3-config-field-refused", "TypeError", message, "config", "axis")
    yield from number_texts.making(place, target, number_texts.When.MADE)


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
