"""Which layers of two large models are the same: found by their hash first, and never all compared with all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.review import align
from lstmlint.review.align import MOST_PAIRS, Key


def key(number: int, name: str = "", class_name: str = "LSTM") -> Key:
    return Key(name or f"layer_{number}", class_name, f"units {number}", class_name, not name, True)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often two layers are compared."""
    calls = [0]
    score = align._score

    def counting(old: Key, new: Key) -> int:
        calls[0] += 1
        return score(old, new)

    monkeypatch.setattr(align, "_score", counting)
    return calls


def test_renamed_layers_of_a_large_model_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is another one, and three layers are new: nothing but the configs tells which is which."""
    calls = counted(monkeypatch)
    old = [key(number, f"old_{number}") for number in range(3_000)]
    new = [key(number, f"new_{number}") for number in range(3_000)]
    for number, at in enumerate((0, 1_500, 2_990)):
        new.insert(at, key(10_000 + number, f"added_{number}", "Dense"))
    found = align.align(old, new)
    assert found.added == (0, 1_500, 2_990)
    assert (found.removed, found.moved) == ((), frozenset())
    assert [new[at].config for _, at in found.pairs] == [one.config for one in old]
    assert calls[0] < 20 * len(old)


def test_equal_layers_of_a_large_model_are_paired_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch)
    old = [Key(f"a{number}", "LSTM", "same", "LSTM", False, True) for number in range(1_000)]
    new = [Key(f"b{number}", "LSTM", "same", "LSTM", False, True) for number in range(1_200)]
    found = align.align(old, new)
    assert found.pairs == tuple((at, at) for at in range(1_000))
    assert found.added == tuple(range(1_000, 1_200))
    assert calls[0] < 20 * len(old)


KEYS = st.lists(
    st.builds(
        Key, st.sampled_from(["a", "b", "lstm", "lstm_1", "dense"]), st.sampled_from(["LSTM", "Dense"]),
        st.sampled_from(["x", "y"]), st.sampled_from(["LSTM", "Dense"]), st.booleans(), st.booleans(),
    ),
    max_size=9,
)  # fmt: skip


def total(old: Sequence[Key], new: Sequence[Key], pairs: Sequence[tuple[int, int]]) -> int:
    return sum(align._score(old[one], new[other]) for one, other in pairs)


@settings(deadline=None)
@given(KEYS, KEYS)
def test_pairs_by_hash_are_pairs_in_order_and_no_better_than_the_best(old: list[Key], new: list[Key]) -> None:
    best = align._best(old, new)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(align, "MOST_PAIRS", 0)
        found = align._between(old, new, align.MARKS)
    assert all(one < after and other < next_other for (one, other), (after, next_other) in pairwise(found))
    assert all(align._score(old[one], new[other]) for one, other in found)
    assert total(old, new, found) <= total(old, new, best)


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), unique=True))
def test_the_most_rising_pairs(numbers: list[int]) -> None:
    found = align._rising(list(enumerate(numbers)))
    assert found == sorted(found, key=lambda pair: pair[1])
    longest = [1] * len(numbers)
    for at, number in enumerate(numbers):
        longest[at] = 1 + max((longest[other] for other in range(at) if numbers[other] < number), default=0)
    assert len(found) == max(longest, default=0)


def test_few_layers_are_compared_one_by_one() -> None:
    assert MOST_PAIRS >= 200 * 200
