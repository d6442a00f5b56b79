"""One walk over a model serves all Kerases that answer alike to what the loaders ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint.ir.model import Model
from lstmlint.keras.facts import Facts, examined_targets, facts_of
from lstmlint.keras.versions import Target
from lstmlint.pipeline import load
from lstmlint.portability import loaders
from lstmlint.portability.obstacle import Obstacle
from lstmlint.portability.recorded import Recorded
from tests.support.truth import ROOT

FIXTURES = ROOT / "fixtures"

#: Files of every generation and container, with and without weights.
FILES = sorted(path for path in FIXTURES.glob("keras-*/*") if path.suffix in {".json", ".h5", ".keras"})[::5]

#: More walks than Kerases that differ for one model.
MOST_WALKS = 24


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_obstacles_of_each_keras_are_those_of_its_own_walk(path: Path) -> None:
    model = load(str(path))
    for target in examined_targets():
        assert loaders.obstacles(model, target) == tuple(loaders._walk(model, target, facts_of(target)))


def test_kerases_that_answer_alike_share_a_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    walks = 0

    def counting(model: Model, target: Target, facts: Facts) -> Iterator[Obstacle]:
        nonlocal walks
        walks += 1
        return walk(model, target, facts)

    walk = loaders._walk
    monkeypatch.setattr(loaders, "_walk", counting)
    model = load(str(FIXTURES / "keras-2.15.0" / "masking.json"))
    for target in examined_targets():
        loaders.obstacles(model, target)
    assert len(examined_targets()) > MOST_WALKS > walks > 1


class Sample:
    """What a loader may ask: an answer, a set, a tuple, a method."""

    def __init__(self, answer: bool = True, names: str = "ab", version: tuple[int, ...] = (3, 1)) -> None:
        self.answer, self.names, self.version = answer, frozenset(names), version

    def upper(self, name: str) -> str:
        return name.upper() if self.answer else name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sample) and self.answer == other.answer

    def __hash__(self) -> int:
        return hash(self.answer)


QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "attribute": lambda one: one.answer,
    "method": lambda one: one.upper("a"),
    "in": lambda one: "b" in one.names,
    "length": lambda one: len(one.version),
    "items": lambda one: list(one.version),
    "truth": lambda one: bool(one.names),
    "text": lambda one: f"{one.version}",
    "equal": lambda one: one == Sample(),
    "less": lambda one: one.version < (3,),
    "at most": lambda one: one.version <= (3,),
    "more": lambda one: one.version > (3,),
    "at least": lambda one: one.version >= (3,),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_recorded_value_answers_like_the_value_and_tells_others_apart_by_what_was_asked(name: str) -> None:
    question, others = QUESTIONS[name], (Sample(), Sample(False, "a", (2,)), Sample(False, "", ()))
    recorded = Recorded(Sample())
    assert all(recorded.agrees(other) for other in others)
    assert question(recorded) == question(recorded) == question(Sample())
    assert [recorded.agrees(other) for other in others] == [question(other) == question(Sample()) for other in others]
    assert not recorded.agrees(others[2])


def test_what_is_not_recorded_fails() -> None:
    recorded: Any = Recorded(Sample())
    with pytest.raises(TypeError):
        hash(recorded)
    with pytest.raises(TypeError):
        recorded.version[0]
    with pytest.raises(AttributeError):
        assert recorded.missing
