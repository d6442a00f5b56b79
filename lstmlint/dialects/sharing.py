"""Layers that occur several times in a config, although they were one object.

A Keras archive numbers an object from its second occurrence on, and often only there, because Keras copied the first
one before (Keras, `saving/serialization_lib.py`, `ObjectSharingScope`). Keras ignores the numbers in JSON and H5.
There, the stored weights show a cell that was stacked on itself, because H5 cannot hold two weights under one name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import Container, Document, Pointer
from lstmlint.keras.serialized import SHARED_OBJECT

#: Wrappers that copy their inner layer.
COPYING = frozenset({"Bidirectional"})

#: Deeper layers are ignored; graphs of such depth are refused anyway.
MAX_DEPTH = 256


def shared_objects(document: Document) -> Mapping[Pointer, str]:
    """The name of the shared object, for the pointer to each layer that occurs in the config more than once."""
    if document.container is Container.KERAS:
        return _numbered(document.config)
    return _stacked_on_itself(document.config) if document.stored else {}


def _numbered(config: Any) -> dict[Pointer, str]:
    """Objects with a number, and the last object of equal class and name before them that has no number."""
    names: dict[Pointer, str] = {}
    unnumbered: dict[tuple[str, Any], Pointer] = {}
    for pointer, raw in _objects(config, ()):
        key, number = (raw["class_name"], str(raw["config"].get("name"))), raw.get(SHARED_OBJECT)
        if not isinstance(number, int):
            unnumbered[key] = pointer
            continue
        if str(number) not in names.values() and key in unnumbered:
            names[unnumbered[key]] = str(number)
        names[pointer] = str(number)
    return names


def _stacked_on_itself(config: Any) -> dict[Pointer, str]:
    """The cells of a stack that are equal, including their names."""
    names: dict[Pointer, str] = {}
    for pointer, raw in _objects(config, ()):
        cells = raw["config"].get("cells")
        if isinstance(cells, list):
            texts = [json.dumps(cell, sort_keys=True) for cell in cells]
            equal = [at for at, text in enumerate(texts) if texts.count(text) > 1]
            names.update({(*pointer, "config", "cells", at): f"{pointer} {texts.index(texts[at])}" for at in equal})
    return names


def _objects(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Every object with a class and a config, in the order of the text, except objects that wrappers copy."""
    if len(pointer) > MAX_DEPTH:
        return
    if isinstance(value, dict):
        is_object = isinstance(value.get("class_name"), str) and isinstance(value.get("config"), dict)
        if is_object:
            yield pointer, value
        if is_object and value["class_name"] in COPYING:
            return
        items: Any = value.items()
    else:
        items = enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, dict | list):
            yield from _objects(item, (*pointer, key))
