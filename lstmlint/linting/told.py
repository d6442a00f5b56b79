"""Configs of layers that only stored tensors show: keys that the tensors show can be read, and there are no defaults.

A file of weights holds no config. A rule that reads a key which no tensor shows gets no default, as it would from a
config without the key; it abstains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.ir.finding import Location, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown

#: The reason why a rule cannot judge such a layer.
NO_CONFIG = Unknown("the file holds its weights and no config")


class Untold(Exception):
    """A rule reads a config key that the tensors of the layer do not show."""


@dataclass(frozen=True, slots=True)
class ToldConfig(Mapping[str, Any]):
    """The config keys that tensors show. Reading another one, or asking whether it is there, raises `Untold`."""

    shown: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        if key not in self.shown:
            raise Untold(key)
        return self.shown[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.shown)

    def __len__(self) -> int:
        return len(self.shown)


#: Attribute in which a model stores the result of `as_told`: many rules ask, and a model never changes.
KEPT = "as_told"


def as_told(model: Model) -> Model:
    """The model for rules to read: itself or, for a file without an architecture, a model of `ToldConfig` configs."""
    if model.graph is not None:
        return model
    kept: Model | None = vars(model).get(KEPT)
    if kept is None:
        kept = vars(model)[KEPT] = replace(model, layers=tuple(map(_told_only, model.layers)))
    return kept


def unjudged(model: Model) -> Iterator[Unjudged]:
    """The abstentions of a rule that stopped at such a config: it judges no layer that the tensors show."""
    recognised = (layer for layer in model.layers if layer.class_name)
    return (Unjudged(Location(layer.full_name), NO_CONFIG) for layer in recognised)


def _told_only(layer: Layer) -> Layer:
    node = replace(layer.node, config=ToldConfig(layer.config))
    return replace(layer, node=node, children={role: _told_only(child) for role, child in layer.children.items()})
