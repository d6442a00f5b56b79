"""The objects in a layer's config as Keras 1 and 2 read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lstmlint.portability.loaders.context import LoadedObject, Loading, Obstacles
from lstmlint.portability.loaders.texts import UNKNOWN

#: What standalone Keras calls the kinds in its messages.
WORDS = {"activation": "activation function"}

DISTRIBUTION = '(\'Invalid `distribution` argument: expected one of {{"normal", "uniform"}} but got\', {given!r})'


def obstacles(place: LoadedObject, found: Iterable[tuple[str, str, Any]], loading: Loading) -> Obstacles:
    """The initializers, regularizers, constraints and activations that are not known, or not with their keys."""
    facts = loading.facts
    for kind, key, value in found:
        if isinstance(value, dict) and ("class_name" not in value or "config" not in value):
            message = f"Improper config format: {value}"
            yield place.refused("keras1-config", "ValueError", message, "config", key)
            continue
        name = value.get("class_name") if isinstance(value, dict) else value
        if isinstance(value, dict) and name == "function":
            name = value.get("config")
        if not isinstance(name, str):
            continue
        if not facts.knows(kind, name):
            yield place.refused(_rule(kind, name), "ValueError", _unknown(kind, name, value, loading), "config", key)
            continue
        inner = value.get("config") if isinstance(value, dict) else None
        if not isinstance(inner, dict):
            continue
        taken = facts.takes(kind, name)
        extra = [one for one in inner if taken is not None and one not in taken]
        if extra:
            owner = f"{name}." if loading.target.version > (2, 12) else ""
            message = f"{owner}__init__() got an unexpected keyword argument '{extra[0]}'"
            yield place.refused("newer-config", "TypeError", message, "config", key, "config", extra[0])
        elif name == "VarianceScaling" and not loading.target.is_tf_keras:
            given = inner.get("distribution")
            if given not in ("normal", "uniform"):
                message = DISTRIBUTION.format(given=given)
                yield place.refused("newer-config", "ValueError", message, "config", key, "config", "distribution")


def values(place: LoadedObject, loading: Loading) -> Obstacles:
    """Values that the constructor refuses though the key is known."""
    config = place.config
    if place.class_name == "BatchNormalization" and config.get("mode", 0) != 0 and not loading.target.is_tf_keras:
        yield place.refused("keras1-config", "TypeError", MODE, "config", "mode")


def building(place: LoadedObject, loading: Loading) -> Obstacles:
    """Values with which the weights cannot be made."""
    config = place.config
    if place.class_name == "Embedding" and "int32" in (config.get("dtype"), config.get("input_dtype")):
        given = _bound(config.get("embeddings_initializer", config.get("init")))
        if given is not None:
            text = f"Cannot convert {given} to EagerTensor of dtype int32"
            if not loading.target.is_tf_keras:
                text = f"Expected int32, got {given} of type 'float' instead."
            yield place.refused("newer-config", "TypeError", text, "config", "dtype")


def _bound(initializer: Any) -> float | None:
    """The lower bound of a uniform initializer, with which an embedding of integers cannot be made."""
    if initializer == "uniform":
        return UNIFORM
    config = initializer.get("config") if isinstance(initializer, dict) else None
    bound = config.get("minval") if isinstance(config, dict) else None
    return bound if isinstance(bound, float) else None


#: The lower bound of the initializer of that name.
UNIFORM = -0.05

MODE = "The `mode` argument of `BatchNormalization` no longer exists. `mode=1` and `mode=2` are no longer supported."


def _rule(kind: str, name: str) -> str:
    return "newer-config" if name[:1].isupper() and kind == "initializer" else "custom-object-required"


def _unknown(kind: str, name: str, value: Any, loading: Loading) -> str:
    word = WORDS.get(kind, kind)
    if loading.target.is_tf_keras:
        return UNKNOWN.format(kind=word, name=name)
    is_function = kind == "activation" and not isinstance(value, dict)
    return f"Unknown {word}:{name}" if is_function else f"Unknown {word}: {name}"
