"""How each generation of Keras loads a file: one module a loader, which meets obstacles in the order of Keras."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.model import Model
from lstmlint.portability.facts import facts_of
from lstmlint.portability.obstacle import Obstacle
from lstmlint.portability.versions import Target


def obstacles(model: Model, target: Target) -> Iterator[Obstacle]:
    """What a Keras meets when it loads a file, in its order; what stops it is the first of the stage `load`.

    After an obstacle the walk goes on as if it had been removed, so that all of them are told.
    """
    from lstmlint.portability.loaders import containers, drifts, keras2, keras3

    refused = list(containers.obstacles(model.document, target))
    yield from refused
    if model.document.config is None:
        return
    loader = keras3.obstacles if target.is_keras3 else keras2.obstacles
    yield from loader(model, target, facts_of(target))
    yield from drifts.obstacles(model, target)
