"""The cost of `lstmlint audit` on zoos of `tests.make_zoo`: `pytest tests/benchmarks --benchmark-enable`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.clock import processor_seconds
from tests.make_zoo import make
from tests.support.truth import FIXTURES, ROOT
from tests.support.zoos import age

FILES = 1000

#: A first audit to a check of the same files. It asks three more Kerases, and writes everything down.
MOST_OF_A_CHECK = 1.85

#: A second audit, and one of which a file changed, to the first, with the start of Python.
MOST_AGAIN, MOST_OF_ONE_CHANGE = 0.05, 0.15

#: How much more memory ten times the files may take.
MOST_MEMORY = 1.2

PEAK = """
import sys, lstmlint
lstmlint.audit([sys.argv[1]], sys.argv[2], jobs=1)
lstmlint.audit([sys.argv[1]], sys.argv[2], jobs=1)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    if not request.config.getoption("--benchmark-enable"):
        pytest.skip("nothing is measured without --benchmark-enable")
    folder = tmp_path_factory.mktemp("audited") / "zoo"
    make(folder, FILES)
    return folder


def seconds(zoo: Path, command: str, *more: str) -> float:
    """The processor's time of a command on a zoo, of which some files cannot be read."""
    arguments = ("-m", "lstmlint", command, "--isolated", "--jobs", "1", *more, "zoo")
    return processor_seconds(arguments, zoo.parent, (2,))


def test_an_audit_costs_little_more_than_a_check_and_a_second_one_next_to_nothing(zoo: Path) -> None:
    store = zoo.parent / "zoo.db"
    check = min(seconds(zoo, "check") for _ in range(2))
    firsts = []
    for _ in range(2):
        store.unlink(missing_ok=True)
        firsts.append(seconds(zoo, "audit", "--store", "zoo.db"))
    again = min(seconds(zoo, "audit", "--store", "zoo.db") for _ in range(3))
    changed = next(iter(sorted(zoo.rglob("*.json"))))
    shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-12.json", changed)
    one = seconds(zoo, "audit", "--store", "zoo.db")
    first = min(firsts)
    print(
        f"\naudit to check: {first / check:.2f}, at most {MOST_OF_A_CHECK}; second: {again / first:.3f}, at most "
        f"{MOST_AGAIN}; one file changed: {one / first:.3f}, at most {MOST_OF_ONE_CHANGE}; "
        f"{first * 1000 / FILES:.2f} ms a file"
    )
    assert first <= MOST_OF_A_CHECK * check
    assert again <= MOST_AGAIN * first
    assert one <= MOST_OF_ONE_CHANGE * first


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--benchmark-enable"):
        pytest.skip("nothing is measured without --benchmark-enable")
    peaks = {}
    for files in (FILES, 10 * FILES):
        folder = tmp_path / str(files)
        for number in range(files):
            path = folder / f"{number // 100:03}" / f"{number}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(FIXTURES / "keras-2.15.0" / "lstm-72.json", path)
            age(path)
        program = [sys.executable, "-c", PEAK, str(folder), str(tmp_path / f"{files}.db")]
        run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
        peaks[files] = int(run.stdout)
    ratio = peaks[10 * FILES] / peaks[FILES]
    print(f"\nmemory of 10,000 files to 1,000: {ratio:.2f} ({peaks[FILES] // 1024} MB), at most {MOST_MEMORY}")
    assert ratio <= MOST_MEMORY
