"""Rules on stored values against real Keras: what it predicts from such weights."""

from __future__ import annotations

import keras
import numpy
import pytest

from tests.support.truth import FIXTURES

SERIES = numpy.random.RandomState(0).rand(4, 20, 1).astype("float32")


def model(name: str) -> keras.Model:
    return keras.models.load_model(FIXTURES / "values" / name)


def test_nonfinite_weights__predicts_nan() -> None:
    assert numpy.isnan(model("nan.keras").predict(SERIES, verbose=0)).all()
    assert numpy.isfinite(model("trained.keras").predict(SERIES, verbose=0)).all()


def test_damaged_values__fails_to_load() -> None:
    with pytest.raises(OSError, match="Can't"):
        model("damaged.h5")


def test_batchnorm_variance__predicts_nan() -> None:
    assert numpy.isnan(model("negative-variance.keras").predict(SERIES, verbose=0)).all()
    assert numpy.isfinite(model("normalized.keras").predict(SERIES, verbose=0)).all()
