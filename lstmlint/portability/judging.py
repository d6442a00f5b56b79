"""Obstacles for the asked targets, as findings of the rules that explain them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import Container
from lstmlint.ir.finding import Finding, Location, Severity, rule_name
from lstmlint.ir.model import Model
from lstmlint.keras.versions import NEWEST, Line, Target, targets_of
from lstmlint.portability.loaders import is_examined, obstacles
from lstmlint.portability.obstacle import Obstacle, Stage
from lstmlint.portability.verdict import decisive_first


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a rule of portability: the Keras versions and runtimes that files are to load in.

    Where none is named, a model converted for TensorFlow.js is held against TensorFlow.js, which alone reads it; any
    other whole model against the newest known Keras, and what it stops at is a note. Parts of a model, such as an
    architecture in JSON, are put together by a program that brings its own Keras.
    """

    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cure:
    """The cures for the obstacles of one rule, and the sentence that adds `fix` where the target is Keras 3."""

    module: str
    text: str
    hint: Callable[[str], str]

    def against(self, obstacle: Obstacle, target: Target) -> str:
        """The cure for an obstacle."""
        return f"{obstacle.cure or self.text}{self.hint(self.module) if target.is_keras3 else ''}"


#: What Keras loads by itself.
WHOLE_MODELS = frozenset({Container.H5, Container.KERAS, Container.SAVED_MODEL})

#: The targets of containers that a single program reads.
ONLY_READERS: Mapping[Container, tuple[str, ...]] = {Container.TFJS: (Line.TFJS,)}

#: What a target does with an obstacle that it does not refuse.
SAYS = {Stage.CALL: "fails when the model is called", Stage.COMPUTE: "computes otherwise"}

NOTHING: Iterator[Finding] = iter(())

#: Before what was raised, where Keras puts the message of an inner call into that of an outer one.
RAISED = "Exception encountered: "

#: The fields of a config that hold a layer.
ROLES = frozenset({"layer", "backward_layer", "cell"})

#: How grave an obstacle is that does not keep the file from being loaded; the others are as grave as their rule.
GRAVITY = {Stage.COMPILE: Severity.WARNING, Stage.COMPUTE: Severity.WARNING}


def findings(model: Model, options: Options, module: str, cure: str, hint: Callable[[str], str]) -> Iterator[Finding]:
    """The findings of one rule: its obstacles for each target, each place in the config once.

    Args:
        model: the model.
        options: the targets.
        module: the name of the module of the rule.
        cure: what helps against its obstacles.
        hint: gives, for the name of the module, what helps besides where the target is Keras 3.
    """
    rule, helps = rule_name(module), Cure(module, cure, hint)
    targets = options.targets or ONLY_READERS.get(model.document.container, ())
    if targets:
        return _aimed(model, targets, rule, helps)
    is_whole = model.graph is not None and model.document.container in WHOLE_MODELS
    return _noted(model, rule, helps) if is_whole else NOTHING


def _aimed(model: Model, targets: tuple[str, ...], rule: str, helps: Cure) -> Iterator[Finding]:
    said: set[tuple[object, ...]] = set()
    for target in targets_of(targets):
        for obstacle in _kept(model, target):
            key = (obstacle.layer, obstacle.pointer, obstacle.message)
            if obstacle.rule == rule and key not in said:
                said.add(key)
                yield _finding(obstacle, target, helps)


def _noted(model: Model, rule: str, helps: Cure) -> Iterator[Finding]:
    """The obstacle at which the newest Keras stops in a whole model, if it belongs to this rule."""
    kept = decisive_first(_kept(model, NEWEST))
    if kept and kept[0].rule == rule:
        finding = _finding(kept[0], NEWEST, helps)
        # Not how many: what is shown then is merged by cause, across rules.
        others = f"; --target {NEWEST.name} shows the other obstacles" if len(kept) > 1 else ""
        yield replace(finding, severity=Severity.NOTE, help=finding.help + others)


def _finding(obstacle: Obstacle, target: Target, helps: Cure) -> Finding:
    says = SAYS.get(obstacle.stage, "refuses this")
    return Finding(
        location=Location(obstacle.layer, obstacle.pointer),
        message=f"{target.name} {says}: {obstacle.message}",
        help=helps.against(obstacle, target),
        severity=GRAVITY.get(obstacle.stage),
        cause=_cause(obstacle),
    )


def _cause(obstacle: Obstacle) -> str:
    """The cause of a refusal: the field of a config, in any layer; otherwise the exception."""
    field = obstacle.pointer[-1] if obstacle.pointer[-2:-1] == ("config",) else None
    if isinstance(field, str) and field not in ROLES:
        return f"the field {field}"
    return obstacle.message.rpartition(RAISED)[2]


def _kept(model: Model, target: Target) -> tuple[Obstacle, ...]:
    """The obstacles for a target. They are kept with the model (`lstmlint.ir.memo`), as many rules ask for them."""
    key = f"{__name__}.{target.name}"
    if key not in vars(model):
        vars(model)[key] = obstacles(model, target) if is_examined(target) else ()
    kept: tuple[Obstacle, ...] = vars(model)[key]
    return kept
