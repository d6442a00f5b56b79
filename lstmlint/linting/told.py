"""Configs of layers that only their tensors tell: what tensors show can be read, nothing is taken for a default.

A file of weights holds no config. A rule that asks such a layer for a key that no tensor shows does not get a default,
as it would from a config that leaves the key out; it abstains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.ir.finding import Location, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown

#: Why a rule cannot judge such a layer.
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


#: Where a model keeps what `as_told` makes of it: many rules ask, and a model never changes.
KEPT = "as_told"


def as_told(model: Model) -> Model:
    """A model for rules to read: itself or, where the file holds no architecture, one whose configs are told only."""
    if model.graph is not None:
        return model
    kept: Model | None = vars(model).get(KEPT)
    if kept is None:
        kept = vars(model)[KEPT] = replace(model, layers=tuple(map(_told_only, model.layers)))
    return kept


def unjudged(model: Model) -> Iterator[Unjudged]:
    """What a rule says that stopped at such a config: no layer that the tensors show is judged."""
    recognised = (layer for layer in model.layers if layer.class_name)
    return (Unjudged(Location(layer.full_name), NO_CONFIG) for layer in recognised)


def _told_only(layer: Layer) -> Layer:
    node = replace(layer.node, config=ToldConfig(layer.config))
    return replace(layer, node=node, children={role: _told_only(child) for role, child in layer.children.items()})
