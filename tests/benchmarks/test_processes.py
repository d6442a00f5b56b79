"""Two processes against one, for a hundred small files: `pytest tests/benchmarks --benchmark-enable`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.benchmarks.clock import processor_seconds
from tests.support.truth import FIXTURES

#: How much more of the processors' time two processes may take; they have it at the same time.
MOST_OF_TWO = 1.5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred models of a few kilobytes."""
    made = tmp_path_factory.mktemp("hundred")
    models = sorted((FIXTURES / "keras-2.15.0").glob("*.json"))
    for number in range(100):
        shutil.copy(models[number % len(models)], made / f"{number}.json")
    return made


def test_two_processes_take_little_more_of_the_processors_than_one(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--benchmark-enable"):
        pytest.skip("nothing is measured without --benchmark-enable")
    seconds = {
        jobs: min(processor_seconds(("-m", "lstmlint", "check", "--jobs", jobs, "."), folder) for _ in range(5))
        for jobs in ("1", "2")
    }
    print(f"\ntwo processes to one: {seconds['2'] / seconds['1']:.2f}   at most {MOST_OF_TWO}")
    assert seconds["2"] <= MOST_OF_TWO * seconds["1"]
