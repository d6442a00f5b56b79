"""The obstacles in the way to the asked targets, as findings of the rules that explain them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.finding import Finding, Location, Severity
from lstmlint.model import Model
from lstmlint.portability.facts import has_facts
from lstmlint.portability.loaders import obstacles
from lstmlint.portability.obstacle import Obstacle, Stage
from lstmlint.portability.versions import Target, targets_of


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a rule of portability: the Keras versions that files are to load in."""

    targets: tuple[str, ...] = ()


#: How grave an obstacle is that does not keep the file from being loaded; the others are as grave as their rule.
SEVERITIES = {Stage.COMPILE: Severity.WARNING, Stage.COMPUTE: Severity.WARNING}


def findings(model: Model, options: Options, rule: str) -> Iterator[Finding]:
    """What a rule says of a model: the obstacles of its name in the way to each target, each place once."""
    said: set[tuple[object, ...]] = set()
    for target in targets_of(options.targets):
        for found in _kept(model, target):
            key = (found.layer, found.pointer, found.message)
            if found.rule == rule and key not in said:
                said.add(key)
                yield _finding(found, target)


def _finding(found: Obstacle, target: Target) -> Finding:
    says = "computes otherwise" if found.stage is Stage.COMPUTE else "refuses this"
    return Finding(
        location=Location(found.layer, found.pointer),
        message=f"{target.name} {says}: {found.message}",
        help=found.cure,
        severity=SEVERITIES.get(found.stage),
    )


def _kept(model: Model, target: Target) -> tuple[Obstacle, ...]:
    """The obstacles for a target, which many rules ask for, kept with the model as `lstmlint.memo` does."""
    key = f"{__name__}.{target.name}"
    if key not in vars(model):
        vars(model)[key] = tuple(obstacles(model, target)) if has_facts(target) else ()
    found: tuple[Obstacle, ...] = vars(model)[key]
    return found
