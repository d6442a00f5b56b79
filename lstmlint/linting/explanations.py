"""Rules that explain findings of other rules: the root of a cause comes first, its consequences follow.

A rule that is asked alone stands for itself. A consequence that is more severe than its root still comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from lstmlint.ir.document import Pointer
from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown


class Reach(StrEnum):
    """The part of a model in which the consequences of a finding lie."""

    VALUE = "the same value of the config"
    LAYER = "the same layer, the layers inside it, and the layers around it"
    FED = "the layers that it feeds, up to the next layers with weights"
    FILE = "the whole file"


class Explanation(NamedTuple):
    """Rules, the rules whose findings follow from theirs, and the reach of the consequences."""

    rules: Sequence[str]
    explain: Sequence[str]
    reach: Reach


#: Rules about values of a layer's config.
VALUES = ("invalid-units", "bidirectional-config-mismatch", "bidirectional-width-mismatch", "missing-return-sequences")

#: Rules about a layer that does not fit its inputs, weights or records, the plainest first. In a layer, each of these
#: rules explains the ones behind it.
MISFITS = (
    "rnn-input-rank", "layer-rank-or-merge-mismatch", "non-positive-dim", "initial-state-mismatch",
    "kernel-input-mismatch", "gate-layout-mismatch", "weights-config-desync", "param-count-mismatch",
    "recorded-shape-mismatch",
)  # fmt: skip

EXPLANATIONS = (
    # A value out of its range is also an invalid value.
    Explanation(("dropout-out-of-range", "invalid-units"), ("invalid-layer-config",), Reach.VALUE),
    # A layer that was edited, added or cut off misfits in several ways, and its outputs do not fit the next layers.
    *(Explanation((rule,), (*VALUES, *MISFITS)[at:], Reach.LAYER) for at, rule in enumerate((*VALUES, *MISFITS), 1)),
    Explanation(("kernel-input-mismatch",), ("kernel-input-mismatch",), Reach.LAYER),
    Explanation((*VALUES, *MISFITS), (*MISFITS, "dangling-reference", "unbalanced-width"), Reach.FED),
    Explanation(("invalid-units",), ("unbalanced-width",), Reach.LAYER),
    Explanation(("bidirectional-config-mismatch",), ("stateful-bidirectional",), Reach.LAYER),
    Explanation(("rnn-input-rank", "recorded-shape-mismatch"), ("stateful-needs-batch",), Reach.LAYER),
    Explanation(("recorded-shape-mismatch",), ("single-timestep-recurrence",), Reach.LAYER),
    # The optimizer was trained with other weights than those of the config or of the file.
    Explanation(MISFITS, ("optimizer-slot-mismatch",), Reach.FILE),
    Explanation(("irregular-file",), ("param-count-mismatch", "weights-config-desync"), Reach.FILE),
    # A renamed layer has lost its connections and weights.
    Explanation(("dangling-reference",), ("weights-config-desync", "mask-unused"), Reach.FILE),
    # Each of two losses that stand in the other's place misfits its output.
    Explanation(
        ("losses-swapped",),
        ("single-unit-categorical", "crossentropy-activation-mismatch", "bounded-regression-output"),
        Reach.FILE,
    ),
    # The kind of a file explains why a Keras refuses it.
    Explanation(("keras1-config",), ("k3-config-field-refused", "k3-legacy-json", "removed-layer"), Reach.FILE),
    Explanation(("lambda-bytecode",), ("lambda-refused",), Reach.LAYER),
    Explanation(("no-model-config",), ("container-refused",), Reach.FILE),
    # Weights near zero are exactly zero where they were set so.
    Explanation(("collapsed-recurrence", "dead-units"), ("pruned-weights",), Reach.LAYER),
    # Kernels that are nearly zero, or saturated, make units alike.
    Explanation(("collapsed-recurrence", "exploded-weights"), ("duplicate-units",), Reach.LAYER),
)

#: A value that a root and its consequences share.
Anchor: TypeAlias = Pointer | tuple[str, str] | Reach


def roots(model: Model, diagnostics: Sequence[Diagnostic]) -> Iterator[tuple[int, int]]:
    """Pairs of indices of a finding and of the finding that explains it."""
    rules = {diagnostic.rule for diagnostic in diagnostics}
    anchors = None
    for explanation in EXPLANATIONS:
        if not rules.isdisjoint(explanation.rules) and not rules.isdisjoint(explanation.explain):
            anchors = anchors or _Anchors(model)
            yield from _roots(anchors, explanation, diagnostics)


def _roots(anchors: _Anchors, explanation: Explanation, diagnostics: Sequence[Diagnostic]) -> Iterator[tuple[int, int]]:
    reached: dict[Anchor, int] = {}
    for index, diagnostic in enumerate(diagnostics):
        if diagnostic.rule in explanation.rules:
            for anchor in anchors.reached_by(diagnostic, explanation.reach):
                reached.setdefault(anchor, index)
    for index, diagnostic in enumerate(diagnostics):
        if diagnostic.rule in explanation.explain:
            explaining = (reached[anchor] for anchor in anchors.of(diagnostic, explanation.reach) if anchor in reached)
            yield from ((index, root) for root in explaining if root != index)


class _Anchors:
    """The anchors of the findings of a model; a root and its consequences share one."""

    def __init__(self, model: Model) -> None:
        self._layers = {layer.full_name: (one, layer) for one in model.all_models for layer in one.layers}

    def reached_by(self, root: Diagnostic, reach: Reach) -> Iterator[Anchor]:
        """The anchors of the consequences of a finding."""
        location = root.finding.location
        if reach is Reach.FILE:
            yield reach
        elif reach is Reach.VALUE:
            yield location.pointer
        elif location.layer and reach is Reach.LAYER:
            yield "in", location.layer
            yield from (("around", name) for name in _within(location.layer))
        elif location.layer:
            yield from (("fed by", name) for name in _within(location.layer))

    def of(self, consequence: Diagnostic, reach: Reach) -> Iterator[Anchor]:
        """The anchors of a finding; it is a consequence of each finding that reaches one of them."""
        location = consequence.finding.location
        if reach is Reach.LAYER:
            yield "around", location.layer
            yield from (("in", name) for name in _within(location.layer))
        elif reach is Reach.FED:
            yield from (("fed by", name) for name in self._feeding(location.layer))
        else:
            yield from self.reached_by(consequence, reach)

    def _feeding(self, name: str) -> Iterator[str]:
        """The names of the layers that feed a layer, on each way back up to a layer with weights."""
        model, layer = next((self._layers[name] for name in _within(name) if name in self._layers), (None, None))
        waiting = [layer] if layer is not None else []
        seen: set[int] = set()
        while model is not None and waiting:
            for before in _before(model, waiting.pop()):
                if id(before) not in seen:
                    seen.add(id(before))
                    yield before.full_name
                    if not isinstance(before.weights, Unknown) and not before.weights:
                        waiting.append(before)


def _within(name: str) -> Iterator[str]:
    """The names of a layer and of the layers around it, innermost first."""
    steps = name.split("/")
    return ("/".join(steps[:end]) for end in range(len(steps), 0, -1))


def _before(model: Model, layer: Layer) -> Iterator[Layer]:
    """The layers whose outputs are inputs of a layer."""
    references = (reference for call in layer.node.calls for reference in call.references())
    return (before for before in map(model.producer, references) if before is not None)
