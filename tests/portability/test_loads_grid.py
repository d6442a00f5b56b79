"""Verdicts on small models with one peculiarity each are those of real Keras."""

from __future__ import annotations

import pytest

from tests import loads_table

#: The least share of right verdicts, in percent.
LEAST = {"tf-keras-2.0": 98}
LEAST_OF_OTHERS = 99


def test_verdicts_on_the_grid_are_those_of_real_keras(capsys: pytest.CaptureFixture[str]) -> None:
    """Of each version: loads, loads with compile=False, or fails with the sentence that Keras printed."""
    assert loads_table.main(["--grid"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.endswith("%)")]
    shares = {line.split(":")[0]: float(line.rpartition("(")[2].rstrip("%)")) for line in lines}
    assert len(shares) == 20
    assert all(share >= LEAST.get(target, LEAST_OF_OTHERS) for target, share in shares.items()), shares
