"""A Dask cluster of programs of their own, which a test may kill one by one."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from tests.support.truth import ROOT

#: A scheduler that prints its address, and a worker of it; both live until they are killed.
SCHEDULER = """
import asyncio
from distributed import Scheduler
async def main():
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0") as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()
asyncio.run(main())
"""
WORKER = """
import asyncio, sys
from distributed import Worker
async def main():
    async with Worker(sys.argv[1], nthreads=1, dashboard_address="127.0.0.1:0") as worker:
        print(worker.address, flush=True)
        await worker.finished()
asyncio.run(main())
"""


#: By default a scheduler tries for half a minute to reach a worker that was killed.
SETTINGS = {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s"}


class Cluster:
    """A scheduler and its workers, each with one thread."""

    def __init__(self, workers: int, allowed_failures: int = 3) -> None:
        self._count = workers
        self._settings = {**SETTINGS, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)}
        self._programs: list[subprocess.Popen[str]] = []
        self.address = ""

    def __enter__(self) -> Cluster:
        self.scheduler, self.address = self._started(SCHEDULER)
        self.workers = [self._started(WORKER, self.address)[0] for _ in range(self._count)]
        return self

    def __exit__(self, *error: Any) -> None:
        for program in reversed(self._programs):
            program.kill()
            program.communicate()

    def _started(self, code: str, *arguments: str) -> tuple[subprocess.Popen[str], str]:
        """A program and the address that it prints."""
        program = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, env={**os.environ, **self._settings}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._programs.append(program)
        assert program.stdout
        return program, program.stdout.readline().strip()
