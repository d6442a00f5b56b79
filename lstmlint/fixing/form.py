"""The form that repairs rely on: what names a layer is a text, and what holds others is a mapping or a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.fixing.repairs.repair import Draft
from lstmlint.ir.document import Pointer

#: What stands at a key of a layer's object, and of its config, where anything stands: its types, and their words.
OF_OBJECT: Mapping[str, tuple[tuple[type, ...], str]] = {
    "name": ((str,), "a text"),
    "config": ((Mapping, list), "an object"),
    "inbound_nodes": ((list,), "a list"),
}
OF_CONFIG: Mapping[str, tuple[tuple[type, ...], str]] = {
    "name": ((str,), "a text"),
    "input_layers": ((list, Mapping), "a list"),
    "output_layers": ((list, Mapping), "a list"),
}


def wrong_form(draft: Draft) -> str | None:
    """The first part of a config with a form unlike Keras', as a sentence about the file; `None` if there is none."""
    objects: list[tuple[Any, Pointer]] = [(draft.config, ()), *((layer.raw, layer.pointer) for layer in draft.layers())]
    return next((sentence for raw, pointer in objects for sentence in _wrong(raw, pointer)), None)


def _wrong(raw: Mapping[str, Any], pointer: Pointer) -> Iterator[str]:
    config = raw.get("config")
    yield from _unlike(raw, OF_OBJECT, pointer)
    if isinstance(config, Mapping):
        yield from _unlike(config, OF_CONFIG, (*pointer, "config"))
    items = config.get("layers") if isinstance(config, Mapping) else config
    for index, item in enumerate(items if isinstance(items, list) and _is_model(raw) else ()):
        if not isinstance(item, Mapping):
            steps: Pointer = ("config",) if items is config else ("config", "layers")
            yield _sentence((*pointer, *steps, index), "an object")


def _is_model(raw: Mapping[str, Any]) -> bool:
    config = raw.get("config")
    return isinstance(config, list) or raw.get("class_name") == "Sequential" or "input_layers" in (config or {})


def _unlike(value: Mapping[str, Any], forms: Mapping[str, tuple[tuple[type, ...], str]], at: Pointer) -> Iterator[str]:
    for key, (types, words) in forms.items():
        if value.get(key) is not None and not isinstance(value[key], types):
            yield _sentence((*at, key), words)


def _sentence(pointer: Pointer, words: str) -> str:
    return f"has something else than {words} at {'/'.join(map(str, pointer))}; nothing is repaired before that is"
