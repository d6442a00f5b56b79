"""The engine that does its work on the workers of a Dask cluster: one of this machine, or one with a scheduler.

Dask sends the work, and does again what a lost worker had. Which items are there to be sent stays with us: no more
than a window of them, so that a million items cost the scheduler no memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from lstmlint.running.child import isolated
from lstmlint.running.engine import AT_HAND, TRIES, EngineError, Failure
from lstmlint.running.version import __version__

Item = TypeVar("Item")
Result = TypeVar("Result")

#: The loggers of Dask and what it stands on.
LOGS = frozenset({"distributed", "tornado", "asyncio"})

#: Seconds in which a scheduler must answer.
PATIENCE = 10


def require() -> None:
    """Import Dask.

    Raises:
        EngineError: it is not installed.
    """
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise EngineError(
            f"the engine dask needs a package that is not installed ({error.name}); pip install 'lstmlint[cluster]'"
        ) from None


#: Where Dask's own pages are when the cluster is of this machine: by default all networks would see them.
PRIVATE = "127.0.0.1:0"


class Dask(NamedTuple):
    """The workers of a Dask cluster.

    `scheduler` is the address of a cluster; without it, `jobs` workers of this machine are started. `timeout` is the
    seconds that one item may take, and `prepare` imports what the work needs, on the workers.
    """

    scheduler: str | None
    jobs: int
    timeout: float
    prepare: Callable[[], None]

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result | Failure]]:
        """As `Engine.map` says; no cluster is asked without an item.

        Raises:
            EngineError: the scheduler cannot be reached or is lost, or the workers cannot do the work.
        """
        left = iter(items)
        for first in left:  # the loop over the others is in `_results`
            with _quiet(), self._client() as client:
                yield from self._results(client, function, chain([first], left))

    @contextmanager
    def _client(self) -> Iterator[Any]:
        from distributed import Client, LocalCluster

        if self.scheduler is None:
            # Threads suffice, as each has a process for its items.
            with (
                LocalCluster(
                    n_workers=1, threads_per_worker=self.jobs, processes=False, memory_limit=0,
                    worker_dashboard_address=PRIVATE, scheduler_kwargs={"dashboard_address": PRIVATE},
                ) as cluster,
                Client(cluster, set_as_default=False) as client,
            ):  # fmt: skip
                yield client
            return
        try:
            client = Client(self.scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            why = str(error).partition("\n")[0] or type(error).__name__
            raise EngineError(
                f"cannot reach the scheduler at {self.scheduler} ({why}); check that it runs and its address"
            ) from None
        try:
            yield client
        finally:
            client.close(timeout=PATIENCE)

    def _results(self, client: Any, function: Callable[[Any], Any], left: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
        from distributed import as_completed

        #: The items at work by their keys, with the number of their tries.
        waiting: dict[str, tuple[int, Any]] = {}
        done = as_completed(loop=client.loop)

        def send(item: Any, tries: int = 0) -> None:
            work = partial(client.submit, pure=False)  # equal items are not one item
            arguments = function, item, os.getcwd(), self.timeout, self.prepare, __version__
            future = self._answered(work, _done, *arguments)
            waiting[future.key] = tries, item
            done.add(future)

        while True:
            # Workers come and go. Without any, the items that wait tell the cluster that some are wanted.
            room = AT_HAND * max(1, sum(self._answered(client.nthreads).values()))
            while len(waiting) < room and (entry := next(((item,) for item in left), None)) is not None:
                send(*entry)
            if not waiting:
                return
            for future in done.next_batch():
                tries, item = waiting.pop(future.key)
                result = self._answered(_outcome, future)
                if result is Failure.DIED and future.status == "error" and tries + 1 < TRIES:
                    send(item, tries + 1)
                else:
                    yield item, result

    def _answered(self, ask: Callable[..., Any], *arguments: Any) -> Any:
        """What the cluster answers.

        Raises:
            EngineError: it is lost, or cannot do the work.
        """
        from concurrent.futures import CancelledError

        try:
            return ask(*arguments)
        except (CancelledError, OSError, RuntimeError):
            where = f"the scheduler at {self.scheduler}" if self.scheduler else "the local cluster"
            raise EngineError(f"lost {where}; when it runs, the same command goes on with what is left") from None


def _outcome(future: Any) -> Any:
    """The result of finished work; an item whose workers died again and again is `Failure.DIED`.

    Raises:
        EngineError: no worker can do the work.
        CancelledError: the scheduler is lost.
    """
    from distributed import KilledWorker

    if future.status == "error":
        error = future.exception()
        if isinstance(error, KilledWorker):
            return Failure.DIED
        if isinstance(error, EngineError):
            raise error
        why = f"{type(error).__name__}: {error}"
        raise EngineError(f"a worker cannot do the work ({why}); install lstmlint {__version__} on every worker")
    return future.result()


def _done(
    function: Callable[[Any], Any], item: Any, folder: str, timeout: float, prepare: Callable[[], None], version: str
) -> Any:
    """The work on an item, on a worker.

    Raises:
        EngineError: this worker has another lstmlint, which would say other things, or cannot start a process.
    """
    if version != __version__:
        raise EngineError(f"a worker has lstmlint {__version__} instead of {version}; install that on every worker")
    return isolated(function, item, folder, timeout, prepare)


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of Dask's own log, of which all that matters here becomes a result or an error."""
    import logging

    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in LOGS]
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
