"""JSON Schemas for the configs of layer classes, learned from real Keras versions.

`fixtures/scripts/schemas/README.md` says how the data was made. The schemas use few keywords, so the check here needs
no validator; tests hold it against one.
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Pointer
from lstmlint.keras.writer import parse_version

Schema: TypeAlias = Mapping[str, Any]
Versions: TypeAlias = tuple[str, ...]

#: The keyword with the versions of Keras for which a schema holds.
KERAS = "x-keras"

_REFERENCE = "#/$defs/"

#: What closes the first line of the data, which opens the definitions.
_END = b"}}"


class Standing(StrEnum):
    """The version of a file's writer compared with the examined versions."""

    EXAMINED = "it is one of the examined versions, or between two"
    NEWER = "it is newer than all examined versions"
    UNSTATED = "the file does not state it"


@dataclass(frozen=True, slots=True)
class Judges:
    """The examined versions of Keras that decide about a file, and how the version of its writer compares.

    `next` is the first of these versions that is not older than the writer.
    """

    versions: Versions
    standing: Standing = Standing.EXAMINED
    next: str | None = None

    def know(self, class_name: str) -> bool:
        """Whether these versions can judge a class: not where the next one lacks it and the writer may have had it."""
        return self.next is None or self.next in class_versions(class_name)


@cache
def examined_versions() -> Versions:
    """The examined versions of Keras, the oldest first."""
    return tuple(json.loads(_lines()[0] + _END)[KERAS])


@cache
def _lines() -> list[bytes]:
    """The lines of the data: the first ends where the definitions begin, the last closes them."""
    return (pkgutil.get_data("lstmlint", "keras/data/layers.json") or b"").splitlines()


@cache
def _definition_lines() -> Mapping[str, bytes]:
    """The line of each definition, by its name."""
    return {line[1 : line.index(b'"', 1)].decode(): line for line in _lines()[1:-1]}


@cache
def definition(name: str) -> Schema:
    """A definition, empty where there is none. Only its own line is parsed: a model has few of the 432."""
    line = _definition_lines().get(name)
    schema: Schema = json.loads(b"{" + line.rstrip(b",") + b"}")[name] if line else {}
    return schema


@cache
def judges(keras_version: str | None, generation: int | None = None) -> Judges:
    """The examined versions by which a file's writer can be judged.

    These are the versions of its generation that are as new or newer, and the last one before it: a key that a version
    between two examined ones takes, at least one of both takes. For a file without a version they are all versions of
    the generation, or all versions where the generation is unknown as well.
    """
    examined = {version: parse_version(version) or () for version in examined_versions()}
    writer = parse_version(keras_version or "")
    if writer is None:
        like = [version for version, numbers in examined.items() if generation in (None, numbers[0])]
        return Judges(tuple(like), Standing.UNSTATED)
    like = [version for version, numbers in examined.items() if numbers[0] == writer[0]]
    newer = [version for version in like if examined[version] >= writer]
    older = [] if writer in examined.values() else [version for version in like if examined[version] < writer][-1:]
    return Judges((*older, *newer), Standing.EXAMINED if newer else Standing.NEWER, next(iter(newer), None))


@cache
def class_versions(class_name: str) -> Versions:
    """The examined versions that have a layer class."""
    return tuple(definition(class_name).get(KERAS, ()))


@cache
def keys(class_name: str, versions: Versions) -> Mapping[str, tuple[Schema, ...]]:
    """The keys that at least one of the versions takes in the config of a class, each with its alternatives.

    A key without alternatives may hold any value. The mapping is empty where a version was not examined or takes any
    key.
    """
    wanted = set(versions)
    own = definition(class_name)
    properties = own.get("properties", {}) if wanted.isdisjoint(own.get("x-open", ())) else {}
    resolved = {key: _resolved(schema) for key, schema in properties.items()}
    return {
        key: _alternatives(schema, wanted) for key, schema in resolved.items() if not wanted.isdisjoint(schema[KERAS])
    }


def versions_of(class_name: str, key: str) -> Versions:
    """The examined versions that take a key in the config of a class."""
    schema = definition(class_name).get("properties", {}).get(key)
    return tuple(_resolved(schema)[KERAS]) if schema else ()


def parts(schema: Schema) -> tuple[Schema, ...]:
    """A schema of a value, and the alternatives in it."""
    return (schema, *schema.get("anyOf", ()))


def needed_keys(alternatives: Iterable[Schema]) -> frozenset[str]:
    """The keys that the schemas require of an object; empty where they take no objects, or any."""
    return frozenset(key for schema in alternatives for part in parts(schema) for key in part.get("required", ()))


def accepts(schema: Schema, value: Any) -> bool:
    """Whether a value is valid under a schema; only the keywords of the data are checked."""
    if "anyOf" in schema:
        return any(accepts(alternative, value) for alternative in schema["anyOf"])
    if "enum" in schema:
        return any(type(value) is type(name) and value == name for name in schema["enum"])
    kinds = schema.get("type")
    if kinds is not None and not _is_of(value, kinds):
        return False
    if isinstance(value, str):
        return "pattern" not in schema or re.search(schema["pattern"], value) is not None
    if isinstance(value, dict):
        return all(key in value for key in schema.get("required", ()))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    is_outside = value < schema.get("minimum", value) or value > schema.get("maximum", value)
    return not is_outside and ("exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"])


def value_at(config: Any, pointer: Pointer) -> Any:
    """The value that a pointer leads to; `None` where there is none."""
    for step in pointer:
        try:
            config = config[step]
        except (KeyError, IndexError, TypeError):
            return None
    return config


def _resolved(schema: Schema) -> Schema:
    return definition(schema["$ref"].removeprefix(_REFERENCE)) if "$ref" in schema else schema


def _alternatives(schema: Schema, versions: set[str]) -> tuple[Schema, ...]:
    alternatives = schema.get("anyOf", ())
    if alternatives and KERAS in alternatives[0]:
        schemas = tuple(inner for inner in alternatives if not versions.isdisjoint(inner[KERAS]))
    else:
        schemas = (schema,)
    is_typed = all("type" in inner or "enum" in inner or "anyOf" in inner for inner in schemas)
    return schemas if is_typed else ()


def _is_of(value: Any, kinds: str | list[str]) -> bool:
    names = [kinds] if isinstance(kinds, str) else kinds
    if value is None:
        return "null" in names
    if isinstance(value, bool):
        return "boolean" in names
    if isinstance(value, int):
        return "integer" in names or "number" in names
    if isinstance(value, float):
        return "number" in names or ("integer" in names and value.is_integer())
    if isinstance(value, str):
        return "string" in names
    return ("array" if isinstance(value, list) else "object") in names
