"""One function over any number of items, with the results as they come: an item that kills its process costs itself.

`parallel` gives results in the order of the items, and waits for each. An engine does neither, so that one slow file
stops no other; another engine may do the work on other machines.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import Enum
from multiprocessing import connection, get_context
from typing import Any, NamedTuple, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class EngineError(Exception):
    """An engine that cannot work at all; the message says why and what to do."""


class Failure(Enum):
    """The reasons why an item has no result."""

    DIED = "died"
    OUTLASTED = "outlasted"


class Engine(Protocol):
    """A way to run a function on many items."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result | Failure]]:
        """Each item with its result, or why it has none, as they finish and in any order.

        Args:
            function: the work on one item, which can be pickled; it raises nothing.
            items: taken only a little before they are worked on.
        """


#: Items that a process has: the one that it works on, and the next one, so that it need not wait for us.
AT_HAND = 2

#: How often an item is tried whose process died: somebody else may have ended it.
TRIES = 2


#: The largest item that waits in the pipe of a busy process, in bytes: a larger one could fill the pipe, and so could
#: its result, and both ends would wait for each other.
MOST_AT_HAND = 16 * 1024


class Worker:
    """A process with our end of its pipe, the items that it has, and the time at which it began with the first."""

    __slots__ = ("items", "pipe", "process", "since")

    def __init__(self, process: Any, pipe: Any) -> None:
        self.process, self.pipe = process, pipe
        self.items: deque[tuple[int, Any]] = deque()
        self.since = 0.0


class Processes(NamedTuple):
    """Processes of this machine.

    `jobs` is their number, `timeout` the seconds that one item may take, and `prepare` imports what the work needs, so
    that processes that are forked need not.
    """

    jobs: int
    timeout: float
    prepare: Callable[[], None]

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result | Failure]]:
        """As `Engine.map` says; no process is started without an item."""
        left = iter(items)
        again: deque[tuple[int, Item]] = deque()
        workers: list[Worker] = []
        is_prepared = False
        try:
            while True:
                for worker in workers:
                    self._fill(worker, again, left)
                while len(workers) < self.jobs and (first := _next(again, left)) is not None:
                    if not is_prepared:
                        self.prepare()
                        is_prepared = True
                    workers.append(self._started(function, workers))
                    _is_sent(workers[-1], first)
                    self._fill(workers[-1], again, left)
                if not any(worker.items for worker in workers):
                    return
                yield from self._results(workers, again)
        finally:
            for worker in workers:
                _end(worker)

    def _fill(self, worker: Worker, again: deque[tuple[int, Any]], left: Iterator[Any]) -> None:
        while len(worker.items) < AT_HAND and (entry := _next(again, left)) is not None:
            if not _is_sent(worker, entry):
                again.appendleft(entry)
                return

    def _started(self, function: Callable[[Any], Any], others: list[Worker]) -> Worker:
        context: Any = get_context("fork" if sys.platform == "linux" else "spawn")
        ours, theirs = context.Pipe()
        is_forked = context.get_start_method() == "fork"
        # A forked process has our ends of all pipes. It closes them, or it would not see that we are gone.
        inherited = [ours, *(worker.pipe for worker in others)] if is_forked else []
        process = context.Process(target=_work, args=(function, theirs, inherited, self.timeout), daemon=True)
        process.start()
        theirs.close()
        return Worker(process, ours)

    def _results(self, workers: list[Worker], again: deque[tuple[int, Any]]) -> Iterator[tuple[Any, Any]]:
        """The results that are there next; processes that died or took too long are ended and left out."""
        busy = [worker for worker in workers if worker.items]
        now = time.monotonic()
        patience = max(0.0, min(worker.since for worker in busy) + self.timeout - now)
        ready = set(connection.wait([worker.pipe for worker in busy], patience))
        for worker in busy:
            if worker.pipe in ready:
                try:
                    result = pickle.loads(worker.pipe.recv_bytes())
                except (EOFError, OSError):
                    yield from _lost(worker, workers, again, Failure.DIED)
                    continue
                _, item = worker.items.popleft()
                worker.since = time.monotonic()
                yield item, result
            elif time.monotonic() - worker.since >= self.timeout:
                yield from _lost(worker, workers, again, Failure.OUTLASTED)


def _next(again: deque[tuple[int, Any]], left: Iterator[Any]) -> tuple[int, Any] | None:
    """The next item with the number of its tries; none is `None`."""
    if again:
        return again.popleft()
    return next(((0, item) for item in left), None)


def _is_sent(worker: Worker, entry: tuple[int, Any]) -> bool:
    """Give a process an item, unless it is busy and the item large. That it is dead is seen when its result is read."""
    data = pickle.dumps(entry[1], pickle.HIGHEST_PROTOCOL)
    if worker.items and len(data) > MOST_AT_HAND:
        return False
    if not worker.items:
        worker.since = time.monotonic()
    worker.items.append(entry)
    with suppress(OSError):
        worker.pipe.send_bytes(data)
    return True


def _lost(
    worker: Worker, workers: list[Worker], again: deque[tuple[int, Any]], failure: Failure
) -> Iterator[tuple[Any, Failure]]:
    """The item at which a process ended, if it is given up; its other items wait for another process."""
    workers.remove(worker)
    _end(worker)
    tries, item = worker.items.popleft()
    again.extend(worker.items)
    if failure is Failure.DIED and tries + 1 < TRIES:
        again.append((tries + 1, item))
    else:
        yield item, failure


def _end(worker: Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.process.close()
    worker.pipe.close()


def _work(function: Callable[[Any], Any], pipe: Any, inherited: list[Any], timeout: float) -> None:
    """The life of a process: items in, results out, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the first process ends the others
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in inherited:
        other.close()
    try:
        while True:
            item = pickle.loads(pipe.recv_bytes())
            if hasattr(signal, "alarm"):  # should the first process be gone, nobody else ends this one
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(int(timeout) + 2)
            pipe.send_bytes(pickle.dumps(function(item), pickle.HIGHEST_PROTOCOL))
    except (EOFError, OSError):
        os._exit(0)
