"""Dropout rates in the configs of layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.analyses.activations import number_in, written_layers
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Location
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.keras.classes import traits_of


@dataclass(frozen=True, slots=True)
class DropRate:
    """One dropout rate in one layer's config, with any value."""

    layer: Layer
    key: str
    value: Any

    @property
    def number(self) -> float | None:
        """The dropout rate, if it is a number."""
        return number_in(self.value)

    @property
    def location(self) -> Location:
        """The location of the config key."""
        return Location(self.layer.full_name, (*self.layer.pointer, "config", self.key))


@asked_once
def drop_rates(model: Model) -> Iterator[DropRate]:
    """Every stated dropout rate, each layer once."""
    for layer in written_layers(model):
        if layer.node.is_custom:
            continue
        for key in traits_of(layer.class_name).drops:
            if layer.config.get(key) is not None:
                yield DropRate(layer, key, layer.config[key])
