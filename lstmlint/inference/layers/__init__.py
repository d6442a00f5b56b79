"""Outputs, weights and work of every built-in layer: one module for each family, one function for each layer."""

from __future__ import annotations

import sys
from functools import cache

from lstmlint.extending import plugins, registry
from lstmlint.inference.layers.call import LayerType


@cache
def layer_types() -> dict[str, LayerType]:
    """The table from Keras class name to layer function."""
    return registry.index(registry.declared(sys.modules[__name__], LayerType), lambda entry: entry.class_names)


@cache
def plugin_layer_types() -> plugins.Table[LayerType]:
    """The layer functions that installed packages declare for custom layers, by Keras class name."""
    return plugins.extended({}, plugins.LAYERS, LayerType, lambda entry: entry.class_names)
