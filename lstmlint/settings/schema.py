"""The JSON Schema of the settings, made from the rules, and the first problem in a table of settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from lstmlint.ir.finding import SEVERITIES
from lstmlint.ir.spelling import LIKENESS_OF_TYPED, closest, tip
from lstmlint.linting.rule import Persona, Rule, rules
from lstmlint.settings import quantity
from lstmlint.settings.presets import BUDGET_PRESETS, BUDGET_RULE, NEVER, PROFILES

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: What lists the names of rules, and those of settings.
LIST_OF_RULES, LIST_OF_SETTINGS = "lstmlint rules", "lstmlint schema settings"

NUMBER = {
    "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": quantity.PATTERN}],
    "title": "a whole number, or text such as 250k, 1.5M, 64KiB",
}
SHAPE = {"type": "string", "minLength": 1}

#: The schema of an option's value, by the type of its field.
OPTION_TYPES: Mapping[str, Mapping[str, Any]] = {
    "int": NUMBER,
    "int | None": NUMBER,
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "str": {"type": "string"},
    "tuple[str, ...]": {"type": "array", "items": {"type": "string"}},
}


def settings_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `[tool.lstmlint]`."""
    selectors = sorted(_selectors())
    names = {"type": "array", "items": {"enum": selectors}}
    severity = {"enum": [str(severity) for severity in SEVERITIES]}
    limits = {**_options(rules()[BUDGET_RULE]), "preset": {"enum": list(BUDGET_PRESETS)}}
    limits_table = {"type": "object", "properties": limits, "additionalProperties": False}
    properties: dict[str, Any] = {
        "profile": {"enum": list(PROFILES), "description": "a named set of settings, which other settings override"},
        "persona": {"enum": [str(persona) for persona in Persona], "description": "pedantic: smells as well"},
        "select": {**names, "description": "the rules or categories to ask (default: all)"},
        "extend-select": {**names, "description": "further rules or categories to ask; a pedantic rule by its name"},
        "ignore": {**names, "description": "rules or categories not to ask"},
        "per-file-ignores": {
            "type": "object",
            "additionalProperties": names,
            "description": "rules or categories not to report, by glob of files, or of files and layers (GLOB::LAYER)",
        },
        "severity": {
            "type": "object",
            "properties": dict.fromkeys(selectors, severity),
            "additionalProperties": False,
            "description": "the severities of findings, by rule or category",
        },
        "min-severity": {**severity, "description": "the lowest severity that is reported"},
        "fail-on": {"enum": [*severity["enum"], NEVER], "description": "the lowest severity that fails a check"},
        "baseline": {"type": "string", "minLength": 1, "description": "a file with findings that are known already"},
        "target": {
            "type": "array",
            "items": {"type": "string"},
            "description": "the targets of the files: Keras, such as keras-3.15, or tfjs, onnx, tflite, jax-gpu",
        },
        "values": {"type": "boolean", "description": "true: read the stored values and ask the rules on them as well"},
        "budget": {
            "type": "object",
            "properties": limits,
            "additionalProperties": limits_table,
            "description": "the limits for a model, for all files and by glob of files",
        },
        "rules": {
            "type": "object",
            "properties": {
                name: {"type": "object", "properties": _options(rule), "additionalProperties": False}
                for name, rule in rules().items()
                if fields(rule.options) and name != BUDGET_RULE
            },
            "additionalProperties": False,
            "description": "the options of rules, by rule",
        },
        "layers": {
            "type": "object",
            "additionalProperties": {"anyOf": [SHAPE, {"type": "array", "items": SHAPE, "minItems": 1}]},
            "description": "the output shapes of custom layers, by class: same-shape, or one like (batch, units)",
        },
    }
    return {
        "$schema": DIALECT,
        "title": "lstmlint settings",
        "description": "[tool.lstmlint] in pyproject.toml, or lstmlint.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def problem(table: Mapping[str, Any]) -> str:
    """The first problem in a table of settings, and what to do; empty if there is none."""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(settings_schema()).iter_errors(table), key=lambda error: list(error.path))
    return _sentence(errors[0]) if errors else ""


def _selectors() -> set[str]:
    """The names of rules and categories."""
    return {*rules(), *(rule.category for rule in rules().values())}


def _options(rule: Rule) -> dict[str, Any]:
    """The schema of a rule's options, with the descriptions of its page."""
    return {
        option.name.replace("_", "-"): {**OPTION_TYPES[str(option.type)], **_description(rule, option.name)}
        for option in fields(rule.options)
    }


def _description(rule: Rule, option: str) -> dict[str, str]:
    match = re.search(rf"(?ms)^- `{option.replace('_', '-')}` (.*?)(?=^- |^## |^$)", rule.page)
    return {"description": " ".join(match[1].split())} if match else {}


def _sentence(error: ValidationError) -> str:
    where = ".".join(map(str, error.absolute_path)) or "the table"
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        known = schema["properties"]
        extra = next(key for key in instance if key not in known)
        place = f" in {where}" if error.absolute_path else ""
        if known.keys() == _selectors():
            return f"{where}: there is no rule or category {extra!r}; {tip(extra, known, LIST_OF_RULES)}"
        return f"there is no setting {extra!r}{place}; {tip(extra, known, LIST_OF_SETTINGS)}"
    if error.validator == "enum":
        words = schema["enum"]
        if set(words) == _selectors():
            setting = ".".join(map(str, list(error.absolute_path)[:-1]))
            return f"{setting}: there is no rule or category {instance!r}; {tip(str(instance), words, LIST_OF_RULES)}"
        return f"{where} is {instance!r}; {tip(str(instance), words)}"
    close = closest(where.rpartition(".")[2], _siblings(error), LIKENESS_OF_TYPED)
    meant = f"; did you mean {close!r}?" if close else ""
    return f"{where} is {instance!r}; it must be {_wanted(schema)}{meant}"


def _siblings(error: ValidationError) -> Iterable[str]:
    """The settings of the table that holds a value of a wrong type; its key may be one of them, misspelt."""
    properties: Mapping[str, Any] = settings_schema()["properties"]
    for step in list(error.absolute_path)[:-1]:
        properties = properties.get(str(step), {}).get("properties", {})
    return () if not error.absolute_path or error.absolute_path[-1] in properties else properties


def _wanted(schema: Mapping[str, Any]) -> str:
    kinds = {"object": "a table", "array": "a list", "string": "text", "boolean": "true or false", "number": "a number"}
    words = schema.get("title") or schema.get("description") or kinds.get(str(schema.get("type")), "another value")
    return str(words)
