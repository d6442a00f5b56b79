"""Numbers of many files in few: quantiles, which are values that occur, and counts by powers of ten."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

PERCENTS = (0, 10, 25, 50, 75, 90, 99, 100)


class Quantile(NamedTuple):
    """The smallest of the values that at least `percent` % of them do not exceed."""

    percent: int
    value: int


class Decade(NamedTuple):
    """The number of values of at least `start` and less than ten times that; values below 1 start at 0."""

    start: int
    values: int


class Distribution(NamedTuple):
    """A distribution of `known` values, their sum, and the number of those that are not known."""

    known: int
    unknown: int
    total: int
    quantiles: tuple[Quantile, ...]
    decades: tuple[Decade, ...]


def distribution(values: Iterable[int | None]) -> Distribution:
    """The distribution of numbers that are at least 0; `None` is not known."""
    everything = list(values)
    known = sorted(value for value in everything if value is not None)
    return Distribution(
        len(known), len(everything) - len(known), sum(known),
        tuple(Quantile(percent, known[rank(percent, len(known))]) for percent in PERCENTS if known),
        tuple(_decades(known)),
    )  # fmt: skip


def rank(percent: int, count: int) -> int:
    """The index of a quantile in `count` sorted values, by the method of the nearest rank."""
    return max(-(-percent * count // 100) - 1, 0)


def percentile(value: int, ordered: Sequence[int]) -> float:
    """The share of sorted values that do not exceed a value, in per cent with one decimal, rounded down."""
    return bisect_right(ordered, value) * 1000 // len(ordered) / 10


def _decades(known: Sequence[int]) -> Iterable[Decade]:
    counts = Counter(len(str(value)) if value >= 1 else 0 for value in known)
    if counts:
        for digits in range(min(counts), max(counts) + 1):
            yield Decade(10 ** (digits - 1) if digits else 0, counts[digits])
