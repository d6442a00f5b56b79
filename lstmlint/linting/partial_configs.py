"""Configs of layers that only stored tensors show: keys that the tensors show can be read, and there are no defaults.

A file of weights holds no config. A rule that reads a key which no tensor shows gets no default, as it would from a
config without the key; it abstains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.finding import Location, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown

#: The reason why a rule cannot judge such a layer.
NO_CONFIG = Unknown("the file holds its weights and no config")


class UnknownKeyError(Exception):
    """A rule reads a config key that the tensors of the layer do not show."""


@dataclass(frozen=True, slots=True)
class PartialConfig(Mapping[str, Any]):
    """The config keys that tensors show. Reading another key, or asking whether it exists, raises `UnknownKeyError`."""

    shown: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        if key not in self.shown:
            raise UnknownKeyError(key)
        return self.shown[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.shown)

    def __len__(self) -> int:
        return len(self.shown)


#: Attribute in which a model stores the result of `with_partial_configs`: many rules ask, and a model never changes.
KEPT = "with_partial_configs"


def with_partial_configs(model: Model) -> Model:
    """The model for rules to read: itself or, for a file without an architecture, a model with partial configs."""
    if model.graph is not None:
        return model
    kept: Model | None = vars(model).get(KEPT)
    if kept is None:
        kept = vars(model)[KEPT] = replace(model, layers=tuple(map(_with_partial_config, model.layers)))
    return kept


def unjudged(model: Model) -> Iterator[Unjudged]:
    """The abstentions of a rule that stopped at such a config: it judges no layer that the tensors show."""
    recognised = (layer for layer in model.layers if layer.class_name)
    return (Unjudged(Location(layer.full_name), NO_CONFIG) for layer in recognised)


def _with_partial_config(layer: Layer) -> Layer:
    node = replace(layer.node, config=PartialConfig(layer.config))
    return replace(
        layer, node=node, children={role: _with_partial_config(child) for role, child in layer.children.items()}
    )
