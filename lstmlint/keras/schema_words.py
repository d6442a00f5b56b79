"""The values that a schema of configs allows, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from lstmlint.keras.config_schemas import Schema, parts

#: The types of JSON Schema in words.
WORDS = {"integer": "an integer", "number": "a number", "string": "a string", "boolean": "true or false",
         "array": "a list", "object": "an object", "null": "null"}  # fmt: skip

#: Largest number of names that a text lists.
MAX_LISTED = 8

#: Words in place of many names.
MANY = "a name that it knows"


def names_of(schema: Schema) -> Iterator[str]:
    """The names in a schema: all that Keras takes, or all that are known."""
    for inner in parts(schema):
        yield from (name for name in (*inner.get("enum", ()), *inner.get("examples", ())) if isinstance(name, str))


def takes_many_names(alternatives: Iterable[Schema]) -> bool:
    """Whether schemas take names only, and more than a text lists."""
    return len(_all_taken(alternatives)) > MAX_LISTED


def expected(alternatives: Iterable[Schema]) -> str:
    """The values that schemas allow: the names, null and objects of a class or, without names, the types."""
    inner = [part for schema in alternatives for part in schema.get("anyOf", (schema,))]
    texts = _all_taken(inner)
    if texts:
        words = [MANY] if len(texts) > MAX_LISTED else list(texts)
        words += ["null"] if "null" not in words and any(_allows(schema, "null") for schema in inner) else []
        words += ["an object"] if any(_allows(schema, "object") and "required" in schema for schema in inner) else []
    else:
        inner.sort(key=lambda schema: float(schema.get("minimum", schema.get("exclusiveMinimum", "-inf"))))
        widest = {kind: text for schema in reversed(inner) for kind, text in _types(schema)}
        words = list(dict.fromkeys(widest[kind] for kind in WORDS if kind in widest))
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _all_taken(alternatives: Iterable[Schema]) -> dict[str, None]:
    """The only names and values that schemas take, as JSON, each once."""
    inner = (part for schema in alternatives for part in parts(schema))
    return dict.fromkeys(json.dumps(name) for schema in inner for name in _taken_names(schema))


def _taken_names(schema: Schema) -> Iterable[str | None]:
    """The only names that a schema takes."""
    names: Iterable[str | None] = schema.get("examples", ()) if "pattern" in schema else schema.get("enum", ())
    return names


def _allows(schema: Schema, kind: str) -> bool:
    kinds = schema.get("type", ())
    return kind == kinds or kind in (kinds if isinstance(kinds, list) else ())


def _types(schema: Schema) -> Iterator[tuple[str, str]]:
    """The types that a schema allows, without types that Keras takes only in place of another type."""
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if kinds & {"integer", "number"}:
        kinds -= {"boolean"}
    if "array" in kinds:
        kinds -= {"object"}
    bounds = _bounds(schema)
    for kind in kinds:
        yield kind, WORDS[kind] + (bounds if kind in ("integer", "number") else "")


def _bounds(schema: Schema) -> str:
    if "exclusiveMinimum" in schema:
        return f" above {schema['exclusiveMinimum']}"
    if "minimum" in schema and "maximum" in schema:
        return f" from {schema['minimum']} to {schema['maximum']}"
    return f" not below {schema['minimum']}" if "minimum" in schema else ""
