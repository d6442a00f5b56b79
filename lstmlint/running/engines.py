"""The engines by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstmlint.running.engine import Engine

PROCESSES, DASK = "processes", "dask"
ENGINES = (PROCESSES, DASK)


def engine_named(name: str, scheduler: str | None, jobs: int, timeout: float, prepare: Callable[[], None]) -> Engine:
    """The engine of a name.

    Args:
        name: one of `ENGINES`.
        scheduler: the address of the scheduler of a Dask cluster; without it the cluster is one of this machine.
        jobs: the number of items at once on this machine; another cluster has its own.
        timeout: the seconds that one item may take.
        prepare: imports what the work needs; it can be pickled.

    Raises:
        EngineError: there is no such engine, it knows no scheduler, or its package is not installed.
    """
    from lstmlint.running.engine import EngineError, Processes

    if name not in ENGINES:
        raise EngineError(f"there is no engine {name}; choose {' or '.join(ENGINES)}")
    if name == DASK:
        from lstmlint.running.cluster import Dask, require

        require()
        return Dask(scheduler, jobs, timeout, prepare)
    if scheduler:
        raise EngineError("only Dask has a scheduler; choose the engine dask (--engine dask), or name no scheduler")
    return Processes(jobs, timeout, prepare)
