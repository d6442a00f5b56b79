"""A function over many files, in several processes, with the results in the order of the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: One process is faster than several for fewer items than this.
PARALLEL_FROM = 24


def ordered(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    jobs: int,
    lost: Callable[[Item], Result],
) -> Iterator[Result]:
    """The results of a picklable function on items, in their order.

    Args:
        function: the work on an item.
        items: the items.
        jobs: the number of processes; with one, or with few items, this process does the work.
        lost: the result for an item whose process died (a damaged file can crash a C library).
    """
    if jobs <= 1 or len(items) < PARALLEL_FROM:
        yield from map(function, items)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    done = 0
    while done < len(items):
        try:
            with ProcessPoolExecutor(max_workers=jobs) as pool:
                for result in pool.map(function, items[done:], chunksize=4):
                    done += 1
                    yield result
        except BrokenProcessPool:
            yield from _one_by_one(function, items[done : done + 4 * jobs], lost)
            done += len(items[done : done + 4 * jobs])


def _one_by_one(
    function: Callable[[Item], Result], items: Sequence[Item], lost: Callable[[Item], Result]
) -> Iterator[Result]:
    """Each item in a process of its own, so that only an item that kills its process is lost."""
    for item in items:
        yield apart(function, item, lost)


def apart(function: Callable[[Item], Result], item: Item, lost: Callable[[Item], Result]) -> Result:
    """The result of a picklable function on an item in a process of its own; `lost(item)` where the process died."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(max_workers=1) as pool:
            return pool.submit(function, item).result()
    except BrokenProcessPool:
        return lost(item)
