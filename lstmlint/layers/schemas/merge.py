"""Merge what `probe.py` learned from each Keras into the schemas of the layers' configs.

    python merge.py RAW.json RAW.json ... > layers.json

A schema says of each key what it may hold, and in `x-keras` which versions take it. Where versions differ there are
alternatives, each with its versions. It is no part of the program.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]
Fact = Mapping[str, Any]

#: A key that more than this part of the classes takes comes from their base.
COMMON = 0.75

DRAFT = "https://json-schema.org/draft/2020-12/schema"
COMMENT = "Made by merge.py from what real Keras accepts; see probe.py. Not edited by hand."


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def kind(value: Any) -> str:
    """The name of a value's type in JSON Schema."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def has(values: Iterable[Any], wanted: Any) -> bool:
    return any(type(value) is type(wanted) and value == wanted for value in values)


def decisive(fact: Fact) -> list[Any]:
    """The probes that Keras takes: those a built layer was called with, if the key matters to a call at all."""
    called = fact.get("called", [])
    texts = {json.dumps(value) for value in called if value is not None}
    return called if len(texts) > 1 else list(fact["made"])


def value_schema(fact: Fact) -> Schema:
    """What one Keras takes for one key; everything where the probes tell nothing.

    A default is taken, though not always beside the arguments that the layer was made with. Names for keys that every
    layer takes (`dtype`) were not tried. Whether a list fits depends on other keys, so lists only count as refused
    where a number has to be given.
    """
    taken = [*decisive(fact), *([fact["default"]] if "default" in fact else [])]
    names = [name for name in fact.get("names", ()) if not name.startswith("zzq")]
    kinds = {kind(value) for value in taken}
    if kinds <= {"null"} and not names:
        return {}
    has_numbers = bool(kinds & {"integer", "number"})
    is_closed = bool(names) and not fact.get("custom")
    is_optional = "default" in fact
    if not is_closed and (is_optional or not has_numbers):
        kinds |= {"object", "array"}
    if "array" in kinds:
        kinds.add("object")
    if names or fact.get("common"):
        kinds.add("string")
    if "number" in kinds:
        kinds.discard("integer")
    if {"null", "boolean", "number", "string", "array", "object"} <= kinds:
        return {}
    schema: Schema = {"type": sorted(kinds)} if len(kinds) != 1 else {"type": next(iter(kinds))}
    if names and is_closed and not has(taken, "1"):
        return closed(schema, kinds, names)
    if names:
        schema["examples"] = names
    return schema | bounds(taken, kinds)


def closed(schema: Schema, kinds: set[str], names: list[str]) -> Schema:
    """A schema of a few names and, maybe, other types."""
    others = sorted(kinds - {"string"})
    if not others:
        return {"enum": names}
    if set(others) <= {"null", "boolean"}:
        values: dict[str, list[bool | None]] = {"null": [None], "boolean": [False, True]}
        return {"enum": [*names, *(value for name in others for value in values[name])]}
    return {"anyOf": [{"enum": names}, {"type": others if len(others) > 1 else others[0]}]}


def bounds(taken: list[Any], kinds: set[str]) -> Schema:
    """The smallest and largest number, where the probes below and above it are refused."""
    found: Schema = {}
    integers = [value for value in (-1, 0, 1, 2, 3) if has(taken, value)]
    if "number" in kinds and has(taken, 0.5):
        if not has(taken, -0.001) and not has(taken, -1):
            found["minimum"] = 0
        if "minimum" in found and not has(taken, 0):
            found = {"exclusiveMinimum": 0}
        if not any(has(taken, value) for value in (1.001, 2.5, 2, 3)):
            found["maximum"] = 1
    elif "integer" in kinds and integers and integers[0] >= 0:
        found["minimum"] = min(integers[0], 1)
    return found


def default_of(fact: Fact) -> Any:
    """What a file holds where nothing was said: as written, or the constructor's default where that is an object.

    What is written for `None` may follow from other keys, unless it is a name.
    """
    written = fact.get("written")
    is_derived = fact.get("default", written) is None and not isinstance(written, str)
    is_default = "written" not in fact or is_derived or isinstance(written, dict)
    return fact.get("default") if is_default else written


def property_schema(facts: Mapping[str, Fact]) -> Schema:
    """One key of one class, over the versions that take it."""
    versions = list(facts)
    by_text: dict[str, list[str]] = {}
    for version, fact in facts.items():
        by_text.setdefault(json.dumps(value_schema(fact), sort_keys=True), []).append(version)
    if len(by_text) == 1:
        schema: Schema = json.loads(next(iter(by_text)))
    else:
        schema = {"anyOf": [{**json.loads(text), "x-keras": group} for text, group in by_text.items()]}
    schema["x-keras"] = versions
    defaults = {version: default_of(fact) for version, fact in facts.items() if "default" in fact or "written" in fact}
    texts = {json.dumps(value) for value in defaults.values()}
    if len(texts) == 1:
        schema["default"] = next(iter(defaults.values()))
    elif texts:
        schema["x-default"] = defaults
    return schema


def class_schema(by_version: Mapping[str, Any]) -> Schema:
    keys = {key for raw in by_version.values() for key in raw["keys"]}
    properties = {}
    for key in sorted(keys):
        facts = {version: raw["keys"][key] for version, raw in by_version.items() if key in raw["keys"]}
        properties[key] = property_schema(facts)
    return {"type": "object", "x-keras": list(by_version), "additionalProperties": False, "properties": properties}


def shared(classes: Mapping[str, Schema]) -> dict[str, Schema]:
    """Name the property schemas that occur more than once, and refer to them."""
    texts: dict[str, list[str]] = {}
    for schema in classes.values():
        for key, value in schema["properties"].items():
            texts.setdefault(json.dumps(value, sort_keys=True), []).append(key)
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for text, keys in texts.items():
        if len(keys) > 1:
            counts[keys[0]] = counts.get(keys[0], 0) + 1
            names[text] = f"{keys[0]}.{counts[keys[0]]}"
    for schema in classes.values():
        for key, value in schema["properties"].items():
            name = names.get(json.dumps(value, sort_keys=True))
            if name:
                schema["properties"][key] = {"$ref": f"#/$defs/{name}"}
    return {name: json.loads(text) for text, name in sorted(names.items(), key=lambda item: item[1])}


def cleaned(raw: dict[str, Any]) -> dict[str, Any]:
    """Without keys for which no value is taken; the keys that nearly every layer takes are marked."""
    classes = raw["classes"].values()
    counts = Counter(key for facts in classes for key in facts["keys"])
    common = {key for key, count in counts.items() if count > len(classes) * COMMON}
    for facts in classes:
        facts["keys"] = {
            key: {**fact, "common": key in common}
            for key, fact in facts["keys"].items()
            if fact["made"] or fact.get("names")
        }
    return raw


def merge(raws: Iterable[Mapping[str, Any]]) -> Schema:
    raws = sorted(raws, key=lambda raw: version_key(raw["version"]))
    classes = {}
    for name in sorted({name for raw in raws for name in raw["classes"]}):
        examined = [raw for raw in raws if name in raw["classes"]]
        classes[name] = class_schema({raw["version"]: raw["classes"][name] for raw in examined})
        classes[name]["x-open"] = [raw["version"] for raw in raws if name in raw["left_out"]]
    return {
        "$schema": DRAFT,
        "$comment": COMMENT,
        "x-keras": [raw["version"] for raw in raws],
        "$defs": {**shared(classes), **classes},
    }


def to_text(schema: Schema) -> str:
    """JSON with one definition a line."""
    head = {key: value for key, value in schema.items() if key != "$defs"}
    lines = [f"{compact(name)}:{compact(value)}" for name, value in schema["$defs"].items()]
    return compact(head)[:-1] + ',"$defs":{\n' + ",\n".join(lines) + "\n}}\n"


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def main(paths: list[str]) -> None:
    raws = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            raws.append(cleaned(json.load(file)))
    sys.stdout.write(to_text(merge(raws)))


if __name__ == "__main__":
    main(sys.argv[1:])
