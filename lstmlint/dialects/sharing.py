"""Layers that a file holds in several places though they were one object.

A Keras archive numbers an object from its second place on, and often only there, because the first was copied before
(Keras, `saving/serialization_lib.py`, `ObjectSharingScope`). Readers of JSON and H5 ignore the numbers; there, a cell
that was stacked on itself shows in the stored weights, which H5 could not hold twice under one name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import Container, Document, Pointer

SHARED_ID = "shared_object_id"

#: Wrappers that copy the layer that they are given.
COPYING = frozenset({"Bidirectional"})

#: Deeper layers are left alone; graphs of such depth are refused anyway.
MAX_DEPTH = 256


def shared_places(document: Document) -> Mapping[Pointer, str]:
    """For the place of each layer that is one object with another place of the config, the name of that object."""
    if document.container is Container.KERAS:
        return _numbered(document.config)
    return _stacked_on_itself(document.config) if document.stored else {}


def _numbered(config: Any) -> dict[Pointer, str]:
    """The places with a number, and the last one before the first of them that has the same class and name but none."""
    found: dict[Pointer, str] = {}
    unnumbered: dict[tuple[str, Any], Pointer] = {}
    for place, raw in _objects(config, ()):
        key, number = (raw["class_name"], str(raw["config"].get("name"))), raw.get(SHARED_ID)
        if not isinstance(number, int):
            unnumbered[key] = place
            continue
        if str(number) not in found.values() and key in unnumbered:
            found[unnumbered[key]] = str(number)
        found[place] = str(number)
    return found


def _stacked_on_itself(config: Any) -> dict[Pointer, str]:
    """The cells of a stack that are equal, name and all."""
    found: dict[Pointer, str] = {}
    for place, raw in _objects(config, ()):
        cells = raw["config"].get("cells")
        if isinstance(cells, list):
            texts = [json.dumps(cell, sort_keys=True) for cell in cells]
            equal = [at for at, text in enumerate(texts) if texts.count(text) > 1]
            found.update({(*place, "config", "cells", at): f"{place} {texts.index(texts[at])}" for at in equal})
    return found


def _objects(value: Any, place: Pointer) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Every object with a class and a config, in the order of the text, but for what wrappers copy."""
    if len(place) > MAX_DEPTH:
        return
    if isinstance(value, dict):
        is_object = isinstance(value.get("class_name"), str) and isinstance(value.get("config"), dict)
        if is_object:
            yield place, value
        if is_object and value["class_name"] in COPYING:
            return
        items: Any = value.items()
    else:
        items = enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, dict | list):
            yield from _objects(item, (*place, key))
