"""Random weights, for tests of values; `differential.py` makes zeros where only shapes are tested."""

from __future__ import annotations

from typing import Any

import numpy


def randomised(layer: Any) -> Any:
    """A built layer or model, with random weights."""
    values = numpy.random.RandomState(3)
    layer.set_weights([values.uniform(-0.5, 0.5, weight.shape).astype("float32") for weight in layer.weights])
    return layer
