"""Serialized values with the key names and the plain types that the dialects read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.ir.document import UnreadableError
from lstmlint.ir.lazy_pattern import lazy_pattern

MAX_DEPTH = 200
"""Models nest some ten levels for each model inside another."""

LISTS = frozenset({"__tuple__", "TensorShape"})
"""Class names of tuples and shapes, which Keras tells from lists by `{"class_name": ..., "items": [...]}`."""

CAMEL = lazy_pattern(r"[a-z]+[0-9]*(?:[A-Z][a-z0-9]*)+")
HUMP = lazy_pattern(r"([a-z0-9])([A-Z])")


def lists_for_tuples(value: Any, depth: int = 0) -> Any:
    """A value in which tuples and shapes are plain lists.

    Raises:
        UnreadableError: it is nested too deeply.
    """
    if isinstance(value, dict) and str(value.get("class_name")) in LISTS and isinstance(value.get("items"), list):
        value = value["items"]
    return mapped(value, lists_for_tuples, depth)


def pythonic(value: Any, depth: int = 0) -> Any:
    """A serialized layer or model of TensorFlow.js with the names of Python's Keras for its keys.

    TensorFlow.js translates names when it saves, but not those of its inner `getConfig`.
    Only the keys of a layer and of its config are names of Keras; all other keys may be names that a user chose.

    Raises:
        UnreadableError: it is nested too deeply.
    """
    if isinstance(value, dict) and is_serialized(value):
        value = with_snake_case(value)
        if isinstance(value["config"], dict):
            value["config"] = with_snake_case(value["config"])
    return mapped(value, pythonic, depth)


def is_serialized(value: dict[str, Any]) -> bool:
    """Whether an object is a class with its config."""
    return isinstance(value.get("class_name", value.get("className")), str) and isinstance(
        value.get("config"), (dict, list)
    )


def with_snake_case(value: dict[str, Any]) -> dict[str, Any]:
    """An object with its keys in snake case; a key that exists in both forms is left alone."""
    return {snake_case(key) if snake_case(key) not in value else key: item for key, item in value.items()}


def snake_case(name: str) -> str:
    """`batchInputShape` as `batch_input_shape`; a name not in camel case stays."""
    return HUMP.sub(r"\1_\2", name).lower() if CAMEL.fullmatch(name) else name


def mapped(value: Any, function: Callable[[Any, int], Any], depth: int) -> Any:
    """A value with a function applied to everything right inside it.

    Raises:
        UnreadableError: it is nested too deeply.
    """
    if depth > MAX_DEPTH:
        raise UnreadableError("is nested too deeply to be a Keras model; save the model again")
    if isinstance(value, dict):
        return {key: function(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [function(item, depth + 1) for item in value]
    return value
