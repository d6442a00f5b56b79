"""The garbage collector while a model is made, and that there is nothing for it to do."""

from __future__ import annotations

import gc

import pytest

from lstmlint.pipeline import Job, check
from lstmlint.readers.files import InputFile
from lstmlint.running.collector import resting
from tests.support.truth import FIXTURES


@pytest.mark.parametrize("was_enabled", [True, False])
def test_it_is_afterwards_as_it_was(was_enabled: bool) -> None:
    try:
        (gc.enable if was_enabled else gc.disable)()
        with pytest.raises(ValueError, match="broken"), resting():
            raise ValueError("broken" if not gc.isenabled() else "it runs")
        assert gc.isenabled() is was_enabled
    finally:
        gc.enable()


def test_a_checked_model_leaves_nothing_in_cycles() -> None:
    """Else memory would grow from file to file while the collector rests."""
    jobs = [Job(InputFile(str(path))) for path in sorted((FIXTURES / "keras-2.15.0").glob("*.json"))[:30]]
    for job in jobs:
        check(job)
    gc.collect()
    with resting():
        for job in jobs:
            check(job)
        assert gc.collect() < 10 * len(jobs)
