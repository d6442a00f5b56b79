"""What loads where: a matrix of outcomes for the judged targets, with what stops the files and what mends them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from lstmlint.keras.versions import TARGETS
from lstmlint.portability.verdict import Outcome
from lstmlint.zoo.fleet.zoo import Zoo


class Stop(NamedTuple):
    """What decides the outcome of some files in a target: a rule with its cure, and how many of them `fix` mends."""

    outcome: str
    rule: str
    cure: str
    files: int
    mended: int


class OutcomeCount(NamedTuple):
    """The number of files with an outcome."""

    outcome: str
    files: int


class Column(NamedTuple):
    """A target: the files with each outcome, those that hold weights alone apart, and what decided.

    `mended` are the files that `lstmlint fix` mends; `None` for targets for which it does not say so.
    """

    target: str
    outcomes: tuple[OutcomeCount, ...]
    weights_alone: int
    mended: int | None
    stops: tuple[Stop, ...]


def matrix(zoo: Zoo) -> tuple[Column, ...]:
    """The outcomes of the files of today in each target, from old to new."""
    outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    alone: Counter[str] = Counter()
    stops: defaultdict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    mended: defaultdict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for verdicts in zoo.loading.values():
        for one in verdicts:
            if one.is_of_weights_alone:
                alone[one.target] += 1
                continue
            outcomes[one.target][one.outcome] += 1
            if one.rule:
                key = (one.outcome, one.rule, one.cure)
                stops[one.target][key] += 1
                mended[one.target][key] += one.is_mended
    return tuple(
        Column(
            target,
            tuple(OutcomeCount(str(outcome), outcomes[target][str(outcome)]) for outcome in Outcome),
            alone[target],
            mended[target].total() if _is_mended(target) else None,
            tuple(Stop(*key, files, mended[target][key]) for key, files in stops[target].most_common()),
        )
        for target in zoo.targets
    )


def _is_mended(target: str) -> bool:
    """Whether the store says of a target what `lstmlint fix` mends for it."""
    return target in TARGETS and TARGETS[target].is_keras3
