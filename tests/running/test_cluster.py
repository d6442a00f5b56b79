"""Work on a Dask cluster: workers that are lost, items that kill or hang, a scheduler that is lost, and the window."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmlint.running import cluster
from lstmlint.running.cluster import Dask
from lstmlint.running.engine import AT_HAND, EngineError, Failure
from lstmlint.running.engines import engine_named
from tests.support.clusters import Cluster
from tests.support.truth import ROOT

JOBS = 2
DEADLY, ENDLESS = 7, 3


def nothing() -> None:
    pass


def squared(number: int) -> int:
    if number == DEADLY:
        os._exit(3)
    if number == ENDLESS:
        time.sleep(100)
    print("no result")
    return number * number


def test_only_what_kills_its_process_or_takes_too_long_has_no_result() -> None:
    results = dict(Dask(None, JOBS, 1, nothing).map(squared, range(12)))
    failures = {DEADLY: Failure.DIED, ENDLESS: Failure.OUTLASTED}
    assert results == {number: failures.get(number, number * number) for number in range(12)}


def counted(place: str) -> str:
    """Note the try and die, where the name asks for it."""
    with open(place, "a") as file:
        file.write("x")
    if "deadly" in place:
        os._exit(3)
    return place


def test_what_kills_its_process_is_given_up_after_two_tries(tmp_path: Path) -> None:
    places = [str(tmp_path / name) for name in ("a", "deadly", "b")]
    results = dict(Dask(None, 1, 30, nothing).map(counted, places))
    assert results == {places[0]: places[0], places[1]: Failure.DIED, places[2]: places[2]}
    assert [Path(place).read_text() for place in places] == ["x", "xx", "x"]


def test_no_more_than_a_window_is_taken() -> None:
    taken = 0

    def numbers() -> Iterator[int]:
        nonlocal taken
        for number in range(100, 140):
            taken += 1
            yield number

    for done, _ in enumerate(Dask(None, JOBS, 30, nothing).map(squared, numbers()), 1):
        assert taken <= done + JOBS * AT_HAND


def test_who_takes_results_slowly_gets_all() -> None:
    """Also when the whole window was worked on meanwhile."""
    results = []
    for number, _ in Dask(None, 1, 30, nothing).map(squared, range(100, 108)):
        time.sleep(0.2)
        results.append(number)
    assert sorted(results) == list(range(100, 108))


def test_nothing_to_do_asks_no_cluster() -> None:
    assert list(Dask("tcp://127.0.0.1:1", JOBS, 30, nothing).map(squared, [])) == []


def slow(place: str) -> str:
    """Say that the work began, and take long enough to be killed meanwhile."""
    with open(place, "a") as file:
        file.write("x")
    time.sleep(0.5)
    return place


def test_the_items_of_a_lost_worker_are_done_again(tmp_path: Path) -> None:
    places = [str(tmp_path / str(number)) for number in range(6)]
    with Cluster(workers=2) as running:
        results = Dask(running.address, 1, 30, nothing).map(slow, places)
        first = next(results)
        running.workers[0].send_signal(signal.SIGKILL)
        assert sorted([first, *results]) == [(place, place) for place in places]
    assert sum(len(Path(place).read_text()) for place in places) > len(places)


def ends_its_worker(place: str) -> str:
    """What takes down the machine that works on it."""
    with open(place, "a") as file:
        file.write("x")
    os.kill(os.getppid(), signal.SIGKILL)
    return place


def test_what_ends_its_worker_is_given_up_after_dask_gave_it_up_twice(tmp_path: Path) -> None:
    place = str(tmp_path / "deadly")
    with Cluster(workers=2, allowed_failures=0) as running:
        assert list(Dask(running.address, 1, 30, nothing).map(ends_its_worker, [place])) == [(place, Failure.DIED)]
    assert Path(place).read_text() == "xx"


def test_a_lost_scheduler_is_told_in_one_line(tmp_path: Path) -> None:
    places = [str(tmp_path / str(number)) for number in range(20)]
    with Cluster(workers=1) as running:
        results = Dask(running.address, 1, 30, nothing).map(slow, places)
        next(results)
        running.scheduler.send_signal(signal.SIGKILL)
        with pytest.raises(EngineError, match=f"^lost the scheduler at {running.address}; when it runs, the same .*$"):
            list(results)


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        with pytest.raises(EngineError, match=f"^cannot reach the scheduler at {address} (.*); check"):
            list(Dask(address, 1, 30, nothing).map(squared, [1]))


def test_a_worker_with_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with Cluster(workers=1) as running:
        monkeypatch.setattr(cluster, "__version__", "0.0.1")
        with pytest.raises(EngineError, match=r"^a worker has lstmlint .* instead of 0\.0\.1; install that on every"):
            list(Dask(running.address, 1, 30, nothing).map(squared, [1]))


def unprepared() -> None:
    raise OSError("no such package")


def test_a_worker_that_cannot_start_a_process_ends_the_work() -> None:
    with pytest.raises(EngineError, match="cannot start a process that has lstmlint"):
        list(Dask(None, 1, 30, unprepared).map(squared, [1, 2]))


def test_a_cluster_leaves_no_process() -> None:
    """Neither a run that ended nor one that is abandoned."""
    numbers = [number for _, number in Dask(None, 1, 30, nothing).map(own_number, range(3))]
    running = Dask(None, 1, 30, nothing).map(own_number, range(10))
    numbers.append(next(running)[1])
    running.close()  # type: ignore[attr-defined]
    limit = time.monotonic() + 10
    while alive := [number for number in numbers if isinstance(number, int) and Path(f"/proc/{number}").exists()]:
        assert time.monotonic() < limit, alive
        time.sleep(0.05)


def own_number(number: int) -> int:
    return os.getpid()


def test_without_dask_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['distributed'] = None; from lstmlint.cli import run; run()"
    command = [sys.executable, "-c", code, "audit", str(tmp_path), "--engine", "dask"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("pip install 'lstmlint[cluster]'")
    assert "Traceback" not in done.stderr


def test_a_scheduler_belongs_to_dask() -> None:
    with pytest.raises(EngineError, match="only Dask has a scheduler"):
        engine_named("processes", "tcp://host:1", 1, 1, nothing)
    with pytest.raises(EngineError, match="there is no engine ray; choose processes or dask"):
        engine_named("ray", None, 1, 1, nothing)
