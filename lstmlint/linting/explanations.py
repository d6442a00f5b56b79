"""Which rule explains what another one says, and where: the root of a cause speaks, and its consequences behind it.

A rule that is asked alone speaks for itself. A consequence that is graver than its root still speaks first.
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
    """Where the consequences of a finding are."""

    VALUE = "the same value of the config"
    LAYER = "the same layer, what is in it, and what it is in"
    FED = "the layers that it feeds, up to the next ones with weights"
    FILE = "the whole file"


class Explanation(NamedTuple):
    """Rules, rules whose findings follow from theirs, and where. In a layer each rule explains those behind it."""

    rules: Sequence[str]
    explain: Sequence[str]
    reach: Reach


#: What is wrong with a value of a layer's config.
VALUES = ("invalid-units", "bidirectional-config-mismatch", "bidirectional-width-mismatch", "missing-return-sequences")

#: What shows that a layer does not fit its inputs, its weights or what was recorded of it, the plainest first.
MISFITS = (
    "rnn-input-rank", "layer-rank-or-merge-mismatch", "non-positive-dim", "initial-state-mismatch",
    "kernel-input-mismatch", "gate-layout-mismatch", "weights-config-desync", "param-count-mismatch",
    "recorded-shape-mismatch",
)  # fmt: skip

EXPLANATIONS = (
    # A value out of its range is no valid value either.
    Explanation(("dropout-out-of-range", "invalid-units"), ("invalid-layer-config",), Reach.VALUE),
    # A layer that was edited, added or cut off does not fit in several ways, and what it gives fits nothing behind it.
    *(Explanation((rule,), (*VALUES, *MISFITS)[at:], Reach.LAYER) for at, rule in enumerate((*VALUES, *MISFITS), 1)),
    Explanation(("kernel-input-mismatch",), ("kernel-input-mismatch",), Reach.LAYER),
    Explanation((*VALUES, *MISFITS), (*MISFITS, "dangling-reference", "unbalanced-width"), Reach.FED),
    Explanation(("invalid-units",), ("unbalanced-width",), Reach.LAYER),
    Explanation(("bidirectional-config-mismatch",), ("stateful-bidirectional",), Reach.LAYER),
    Explanation(("rnn-input-rank", "recorded-shape-mismatch"), ("stateful-needs-batch",), Reach.LAYER),
    Explanation(("recorded-shape-mismatch",), ("single-timestep-recurrence",), Reach.LAYER),
    # What was trained with other weights than those of the config or of the file.
    Explanation(MISFITS, ("optimizer-slot-mismatch",), Reach.FILE),
    Explanation(("irregular-file",), ("param-count-mismatch", "weights-config-desync"), Reach.FILE),
    # A layer that was renamed has none of its connections and weights.
    Explanation(("dangling-reference",), ("weights-config-desync", "mask-unused"), Reach.FILE),
    # What a Keras refuses, and what it is.
    Explanation(("keras1-config",), ("k3-config-field-refused", "k3-legacy-json", "removed-layer"), Reach.FILE),
    Explanation(("lambda-bytecode",), ("lambda-refused",), Reach.LAYER),
    Explanation(("no-model-config",), ("container-refused",), Reach.FILE),
)

#: What a root and its consequences have in common.
Place: TypeAlias = Pointer | tuple[str, str] | Reach


def roots(model: Model, diagnostics: Sequence[Diagnostic]) -> Iterator[tuple[int, int]]:
    """The positions of each finding that another one explains, and of that one, both among the diagnostics."""
    rules = {diagnostic.rule for diagnostic in diagnostics}
    places = None
    for explanation in EXPLANATIONS:
        if not rules.isdisjoint(explanation.rules) and not rules.isdisjoint(explanation.explain):
            places = places or _Places(model)
            yield from _roots(places, explanation, diagnostics)


def _roots(places: _Places, explanation: Explanation, diagnostics: Sequence[Diagnostic]) -> Iterator[tuple[int, int]]:
    reached: dict[Place, int] = {}
    for index, diagnostic in enumerate(diagnostics):
        if diagnostic.rule in explanation.rules:
            for place in places.reached_by(diagnostic, explanation.reach):
                reached.setdefault(place, index)
    for index, diagnostic in enumerate(diagnostics):
        if diagnostic.rule in explanation.explain:
            found = (reached[place] for place in places.of(diagnostic, explanation.reach) if place in reached)
            yield from ((index, root) for root in found if root != index)


class _Places:
    """Where the findings of a model are, so that a root and its consequences have a place in common."""

    def __init__(self, model: Model) -> None:
        self._layers = {layer.full_name: (one, layer) for one in model.all_models for layer in one.layers}

    def reached_by(self, root: Diagnostic, reach: Reach) -> Iterator[Place]:
        """The places where the consequences of a finding are."""
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

    def of(self, consequence: Diagnostic, reach: Reach) -> Iterator[Place]:
        """The places of a finding; it is a consequence of what reaches one of them."""
        location = consequence.finding.location
        if reach is Reach.LAYER:
            yield "around", location.layer
            yield from (("in", name) for name in _within(location.layer))
        elif reach is Reach.FED:
            yield from (("fed by", name) for name in self._feeding(location.layer))
        else:
            yield from self.reached_by(consequence, reach)

    def _feeding(self, name: str) -> Iterator[str]:
        """The names of the layers whose outputs a layer gets, each way back up to one with weights."""
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
    """A layer's name and those of the layers that it is in, the innermost first."""
    steps = name.split("/")
    return ("/".join(steps[:end]) for end in range(len(steps), 0, -1))


def _before(model: Model, layer: Layer) -> Iterator[Layer]:
    """The layers whose outputs a layer is called with."""
    references = (reference for call in layer.node.calls for reference in call.references())
    return (before for before in map(model.producer, references) if before is not None)
