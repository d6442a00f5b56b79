"""The objects in a layer's config as Keras 1 and 2 read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
from lstmlint.portability.loaders.texts import UNKNOWN
from lstmlint.portability.obstacle import DUMP, Obstacle

#: What standalone Keras calls the kinds in its messages.
WORDS = {"activation": "activation function"}

DISTRIBUTION = '(\'Invalid `distribution` argument: expected one of {{"normal", "uniform"}} but got\', {given!r})'


def obstacles(place: LoadedObject, objects: Iterable[tuple[str, str, Any]], loading: Loading) -> Obstacles:
    """The initializers, regularizers, constraints and activations that are not known, or not with their keys."""
    for kind, key, value in objects:
        is_bare = isinstance(value, dict) and ("class_name" not in value or "config" not in value)
        if is_bare and loading.target.version >= (2,):
            message = f"Improper config format: {value}"
            yield place.refused("keras1-config", "ValueError", message, "config", key)
        elif isinstance(name := held_name(value), str):
            yield from first_obstacle(STEPS, place, Held(kind, key, name, value), loading)


def _unknown_object(place: LoadedObject, held: Held, loading: Loading) -> Obstacle | None:
    """The refusal of a name that the Keras does not know."""
    if loading.facts.knows(held.kind, held.name):
        return None
    message = _unknown(held.kind, held.name, held.value, loading)
    return place.refused(_rule(held.kind, held.name), "ValueError", message, "config", held.key)


def _refused_key(place: LoadedObject, held: Held, loading: Loading) -> Obstacle | None:
    """The refusal of a key that the class does not take."""
    key = held.refused_key(loading.facts)
    if key is None:
        return None
    owner = f"{held.name}." if loading.target.version > (2, 12) else ""
    message = f"{owner}__init__() got an unexpected keyword argument '{key}'"
    return place.refused("newer-config", "TypeError", message, "config", held.key, "config", key)


def _distribution(place: LoadedObject, held: Held, loading: Loading) -> Obstacle | None:
    """The refusal of a distribution that standalone Keras does not have."""
    if held.name != "VarianceScaling" or held.config is None or loading.target.is_tf_keras:
        return None
    given = held.config.get("distribution")
    if given in ("normal", "uniform"):
        return None
    message = DISTRIBUTION.format(given=given)
    return place.refused("newer-config", "ValueError", message, "config", held.key, "config", "distribution")


#: The first Keras of TensorFlow that names objects in quotes, and has other words where it looks them up by itself.
FIRST_QUOTING = (2, 12)

#: In the order of Keras: the first refusal is the one that it prints.
STEPS: tuple[Step, ...] = (_unknown_object, _refused_key, _distribution)


def values(place: LoadedObject, loading: Loading) -> Obstacles:
    """Values that the constructor refuses though the key is known."""
    config = place.config
    has_mode = place.class_name == "BatchNormalization" and config.get("mode", 0) != 0
    if has_mode and not loading.target.is_tf_keras and loading.target.version >= (2,):
        yield place.refused("keras1-config", "TypeError", MODE, "config", "mode")
    yield from number_texts.making(place, loading.target)


def building(place: LoadedObject, loading: Loading) -> Obstacles:
    """Values from which no weights can be made."""
    config = place.config
    is_of_integers = place.class_name == "Embedding" and "int32" in (config.get("dtype"), config.get("input_dtype"))
    if is_of_integers and loading.target.version >= (2,):
        given = _bound(config.get("embeddings_initializer", config.get("init")))
        if given is not None:
            text = f"Cannot convert {given} to EagerTensor of dtype int32"
            if not loading.target.is_tf_keras:
                is_first = loading.target.version < FIRST_TYPED
                text = CONVERSION if is_first else f"Expected int32, got {given} of type 'float' instead."
            yield place.refused("newer-config", "TypeError", text, "config", "dtype")


def _bound(initializer: Any) -> float | None:
    """The lower bound of a uniform initializer, with which an embedding of integers cannot be made."""
    if initializer == "uniform":
        return UNIFORM
    config = initializer.get("config") if isinstance(initializer, dict) else None
    bound = config.get("minval") if isinstance(config, dict) else None
    return bound if isinstance(bound, float) else None


#: The first standalone Keras that hands the type on to the initializer, and what TensorFlow said before.
FIRST_TYPED = (2, 3)
CONVERSION = f"Tensor conversion requested dtype int32 for Tensor with dtype float32: {DUMP}"

#: The lower bound of the initializer of that name.
UNIFORM = -0.05

MODE = "The `mode` argument of `BatchNormalization` no longer exists. `mode=1` and `mode=2` are no longer supported."


def _rule(kind: str, name: str) -> str:
    return "newer-config" if name[:1].isupper() and kind == "initializer" else "custom-object-required"


def _unknown(kind: str, name: str, value: Any, loading: Loading) -> str:
    word = WORDS.get(kind, kind)
    if loading.target.is_tf_keras and loading.target.version < FIRST_QUOTING:
        shown = value["class_name"] if isinstance(value, dict) and value.get("class_name") == "function" else name
        return loading.facts.unknown.get(kind, "").partition(": ")[2].replace("NAME", shown)
    if loading.target.is_tf_keras:
        return UNKNOWN.format(kind=word, name=name)
    is_function = kind == "activation" and not isinstance(value, dict)
    return f"Unknown {word}:{name}" if is_function else f"Unknown {word}: {name}"
