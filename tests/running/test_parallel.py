"""Work in several processes: the order, the window, and processes that die."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pytest

from lstmlint.running.parallel import WINDOW, ordered

JOBS = 2
DEADLY = frozenset({0, 7, 8, 40, 49})


def squared(number: int) -> int:
    return number * number


def deadly(number: int) -> int:
    if number in DEADLY:
        os._exit(3)
    return number


def lost(number: int) -> int:
    return -1


def nothing() -> None:
    pass


class Counted(Sequence[int]):
    """Numbers, and how many of them were taken."""

    def __init__(self, size: int) -> None:
        self.size, self.taken = size, 0

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: object) -> int:  # type: ignore[override]
        raise AssertionError("items are taken in their order")

    def __iter__(self) -> Iterator[int]:
        for number in range(self.size):
            self.taken += 1
            yield number


@pytest.mark.parametrize("jobs", [1, JOBS])
@pytest.mark.parametrize("size", [0, 1, 50])
def test_results_come_in_the_order_of_the_items(size: int, jobs: int) -> None:
    assert list(ordered(squared, range(size), jobs, lost, nothing)) == [number * number for number in range(size)]


@pytest.mark.parametrize("jobs", [1, JOBS])
def test_no_more_than_a_window_waits(jobs: int) -> None:
    items = Counted(100)
    results = ordered(squared, items, jobs, lost, nothing)
    for done in range(1, 21):
        next(results)
        assert items.taken <= done + jobs * WINDOW


def test_only_what_kills_its_process_is_lost() -> None:
    found = list(ordered(deadly, range(50), JOBS, lost, nothing))
    assert found == [-1 if number in DEADLY else number for number in range(50)]


def test_modules_are_imported_before_processes_are_forked() -> None:
    prepared: list[int] = []
    list(ordered(squared, range(5), JOBS, lost, lambda: prepared.append(os.getpid())))
    assert prepared == [os.getpid()]
    list(ordered(squared, range(5), 1, lost, lambda: prepared.append(0)))
    assert prepared == [os.getpid()]
