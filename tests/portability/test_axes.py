"""Keras 3 before 3.9 drops the axis of a layer in an H5 file; models are those of `fixtures/loads`."""

from __future__ import annotations

import pytest

from lstmlint.keras.versions import TARGETS
from lstmlint.portability.loaders.axes import drops_axis


@pytest.mark.parametrize(
    ("axis", "target", "is_dropped"),
    [
        (1, "keras-3.8", True), (1, "keras-3.9", False), ([1], "keras-3.8", False), ([1, 2], "keras-3.15", True),
        (1, "tf-keras-2.15", False), (None, "keras-3.3", False),
    ],
)  # fmt: skip
def test_the_axis_is_dropped_where_keras_does_not_put_it_back(axis: object, target: str, is_dropped: bool) -> None:
    assert drops_axis(axis, TARGETS[target]) is is_dropped
