"""Work whose results come as they finish: processes that die, that hang, that are killed by others, and the window."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmlint.running.engine import AT_HAND, Failure, Processes

JOBS = 2
DEADLY = frozenset({0, 7, 8, 30})
ENDLESS = frozenset({3, 21})


def nothing() -> None:
    pass


def squared(number: int) -> int:
    if number in DEADLY:
        os._exit(3)
    if number in ENDLESS:
        time.sleep(100)
    return number * number


@pytest.mark.parametrize("jobs", [1, JOBS])
def test_only_what_kills_its_process_or_takes_too_long_has_no_result(jobs: int) -> None:
    results = dict(Processes(jobs, 0.3, nothing).map(squared, range(40)))
    failures = {**dict.fromkeys(DEADLY, Failure.DIED), **dict.fromkeys(ENDLESS, Failure.OUTLASTED)}
    assert results == {number: failures.get(number, number * number) for number in range(40)}


def once(place: str) -> str:
    """Die at the first try."""
    if not os.path.exists(place):
        Path(place).touch()
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return place


def test_what_a_process_had_that_somebody_killed_is_done_again(tmp_path: Path) -> None:
    places = [str(tmp_path / str(number)) for number in range(5)]
    assert sorted(Processes(JOBS, 30, nothing).map(once, places)) == [(place, place) for place in places]


def test_no_more_than_a_window_is_taken() -> None:
    taken = 0

    def numbers() -> Iterator[int]:
        nonlocal taken
        for number in range(100, 200):
            taken += 1
            yield number

    for done, _ in enumerate(Processes(JOBS, 30, nothing).map(squared, numbers()), 1):
        assert taken <= done + JOBS * AT_HAND


def test_nothing_to_do_starts_no_process() -> None:
    prepared: list[int] = []
    assert list(Processes(JOBS, 30, lambda: prepared.append(1)).map(squared, [])) == []
    assert prepared == []
    list(Processes(JOBS, 30, lambda: prepared.append(1)).map(squared, range(100, 110)))
    assert prepared == [1]


def long_text(size: int) -> str:
    return "x" * size


def test_large_items_and_results_block_nothing() -> None:
    texts = [f"{number}" * 1_000_000 for number in range(6)]
    results = dict(Processes(1, 30, nothing).map(str.upper, texts))
    assert results == {text: text for text in texts}
    assert len(dict(Processes(1, 30, nothing).map(long_text, range(1_000_000, 1_000_005)))) == 5


def own_number(number: int) -> int:
    return os.getpid()


@pytest.mark.skipif(sys.platform == "win32", reason="processes have no parents")
def test_an_abandoned_run_ends_its_processes() -> None:
    running = Processes(JOBS, 30, nothing).map(own_number, range(10))
    _, process = next(running)
    assert isinstance(process, int)
    running.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
