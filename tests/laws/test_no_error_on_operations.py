"""No error on models of operations (`keras.ops`) that Keras 3 writes and loads again, in every container."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest
from keras import tree

from tests.inference.test_operations import calls
from tests.support.containers import unjust_errors
from tests.support.operation_cases import GRIDS, Grid

pytestmark = pytest.mark.usefixtures("quick_weights")


@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_operations(grid: Grid, tmp_path: Path) -> None:
    """All calls of a grid in one model."""
    made = list(calls(grid))
    inputs = [tensor for _, tensors, _ in made for tensor in tensors]
    outputs = [output for _, _, outputs in made for output in tree.flatten(outputs)]
    assert unjust_errors(keras.Model(inputs, outputs), tmp_path) == []
