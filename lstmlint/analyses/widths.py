"""Widths of layers (`units`, `filters` ...) that are not positive whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.analyses.configs import written_configs
from lstmlint.inference.layers import layer_types
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.config_schemas import Schema, accepts, judges, keys

#: The keys of the width of a layer, including those of Keras 1 and of `Embedding`.
WIDTH_KEYS = ("units", "filters", "output_dim", "nb_filter")

ABSENT = object()

#: Largest length of a text that may be a width.
MAX_DIGITS = 12


@dataclass(frozen=True, slots=True)
class BadWidth:
    """A width that is not a positive whole number; `is_taken` says that some Keras of the file's kind takes it.

    `meant` is the number that was meant, where it is obvious.
    """

    layer: Layer
    key: str
    value: Any
    is_taken: bool
    meant: int | None


@asked_once
def bad_widths(model: Model) -> Iterator[BadWidth]:
    """Every such width in the configs of Keras' own layers, each once."""
    judged = judges(model.document.keras_version)
    for layer, config in written_configs(model):
        if layer.node.is_custom or layer.class_name not in layer_types():
            continue
        for key in WIDTH_KEYS:
            value = config.get(key, ABSENT)
            if value is ABSENT or _is_good(value):
                continue
            alternatives = keys(layer.node.written_class, judged.versions).get(key, ())
            if value is not None or not any(accepts(schema, value) for schema in alternatives):
                yield BadWidth(layer, key, value, _is_taken(value, alternatives), _meant(value))


def _is_good(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_taken(value: Any, alternatives: tuple[Schema, ...]) -> bool:
    """Whether Keras takes a value as a number of units; a width of zero does not count."""
    if isinstance(value, float) and not any(_has_fractions(schema) for schema in alternatives):
        return False
    return (_meant(value) or 0) > 0 and any(accepts(schema, value) for schema in alternatives)


def _has_fractions(schema: Mapping[str, Any]) -> bool:
    return "number" in schema.get("type", ())


def _meant(value: Any) -> int | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return int(value) if value.isdecimal() and len(value) < MAX_DIGITS else None
    return int(value) if isinstance(value, float) and value.is_integer() else None
