"""Loading of a file by each target: one module for each loader, which meets obstacles in the order of the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple, cast

from lstmlint.ir.model import Model
from lstmlint.keras.facts import Facts, facts_of, has_facts
from lstmlint.keras.versions import NEWEST, Line, Target
from lstmlint.portability.obstacle import Obstacle
from lstmlint.portability.recorded import Recorded

#: The modules of the loaders of runtimes; each has `obstacles(model)`. Imported where asked for.
RUNTIMES: Mapping[Line, str] = MappingProxyType(
    {Line.TFJS: "tfjs", Line.ONNX: "onnx", Line.TFLITE: "tflite", Line.JAX_GPU: "jax_gpu"}
)


def is_examined(target: Target) -> bool:
    """Whether the words of a target about a file are known."""
    return target.line in RUNTIMES or has_facts(target)


def obstacles(model: Model, target: Target) -> tuple[Obstacle, ...]:
    """The obstacles of a target in its order; the first of the stage `load` stops it.

    After an obstacle the walk goes on as if it had been removed, so that all of them are told.
    """
    if target.line not in RUNTIMES:
        return _keras(model, target)
    loader: Callable[[Model], Iterator[Obstacle]]
    loader = import_module(f"{__name__}.{RUNTIMES[target.line]}").obstacles
    return (*(_keras(model, NEWEST) if target.is_keras3 else ()), *loader(model))


class Walk(NamedTuple):
    """The obstacles that a walk over a model met, with all that the loaders asked of the Keras meanwhile."""

    target: Recorded
    facts: Recorded
    obstacles: tuple[Obstacle, ...]


def _keras(model: Model, target: Target) -> tuple[Obstacle, ...]:
    """The obstacles of a version of Keras: those of an earlier walk for a Keras that answered everything alike."""
    facts = facts_of(target)
    walks: list[Walk] = vars(model).setdefault(__name__, [])
    for walk in walks:
        if walk.target.agrees(target) and walk.facts.agrees(facts):
            return walk.obstacles
    asked = Recorded(target), Recorded(facts)
    walks.append(Walk(*asked, tuple(_walk(model, *cast(tuple[Target, Facts], asked)))))
    return walks[-1].obstacles


def _walk(model: Model, target: Target, facts: Facts) -> Iterator[Obstacle]:
    from lstmlint.portability import stored
    from lstmlint.portability.loaders import axes, calls, constants, containers, drifts, keras2, keras3
    from lstmlint.portability.loaders.context import Loading

    yield from containers.obstacles(model.document, target)
    if model.document.config is None:
        return
    loader = keras3.obstacles if target.is_keras3 else keras2.obstacles
    loading = Loading(model, target, facts)
    yield from loader(model, target, facts)
    yield from calls.obstacles(loading)
    yield from stored.obstacles(loading)
    yield from constants.obstacles(model, target)
    yield from axes.obstacles(loading)
    yield from drifts.obstacles(model, target)
