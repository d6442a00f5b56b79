"""The configs of layers as the file writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.document import Pointer
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.config_schemas import value_at


@asked_once
def written_configs(model: Model) -> Iterator[tuple[Layer, Mapping[str, Any]]]:
    """Every layer with a config in the file, and this config; a config that makes several layers counts once.

    The implicit input of a Sequential has the pointer of the first layer, to which the config belongs.
    """
    seen: set[Pointer] = set()
    for layer in model.all_layers:
        if layer.pointer in seen or layer.node.is_implicit:
            continue
        seen.add(layer.pointer)
        config = value_at(model.document.config, (*layer.pointer, "config"))
        if isinstance(config, dict):
            yield layer, config
