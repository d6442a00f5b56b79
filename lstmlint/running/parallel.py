"""One function over many files, in several processes, with the results in the order of the files."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Items for each process that are submitted before the result of the first is taken.
WINDOW = 8


def ordered(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    jobs: int,
    lost: Callable[[Item], Result],
    prepare: Callable[[], None],
) -> Iterator[Result]:
    """The results of a picklable function on items, in their order; never more than a window of them wait.

    Args:
        function: the work on one item.
        items: the items.
        jobs: the number of processes; with one, this process does the work.
        lost: the result for an item whose process died (a damaged file can crash a C library).
        prepare: imports what the work needs, so that processes that are forked need not.
    """
    if jobs <= 1:
        yield from map(function, items)
        return
    from concurrent.futures.process import BrokenProcessPool

    prepare()
    left = iter(items)
    waiting: deque[Item] = deque()
    while waiting or (waiting := deque(islice(left, 1))):
        results: deque[Future[Result]] = deque()
        pool = _pool(jobs)
        try:
            while waiting:
                waiting.extend(islice(left, jobs * WINDOW - len(waiting)))
                results.extend(pool.submit(function, item) for item in islice(waiting, len(results), None))
                result = results[0].result()
                results.popleft()
                waiting.popleft()
                yield result
        except BrokenProcessPool:
            while waiting:
                yield apart(function, waiting.popleft(), lost)
        finally:
            pool.shutdown(cancel_futures=True)


def apart(function: Callable[[Item], Result], item: Item, lost: Callable[[Item], Result]) -> Result:
    """The result of a picklable function on an item in a process of its own; `lost` of it where that died."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        with _pool(1) as pool:
            return pool.submit(function, item).result()
    except BrokenProcessPool:
        return lost(item)


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Processes that have every module of this one, where the system forks them safely; others import their own."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context: Any = multiprocessing.get_context("fork") if sys.platform == "linux" else None
    return ProcessPoolExecutor(jobs, mp_context=context)
