"""The cure for H5 that Keras 3 writes and refuses: a model in a model with a layer that is frozen in part."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import lstmlint
from lstmlint.ir.finding import Severity
from lstmlint.portability.stored import CURE_OF_NESTED


@pytest.fixture
def partly_frozen() -> keras.Model:
    """A model around a model whose MultiHeadAttention trains all but its query."""
    given = keras.Input((4, 6))
    attention = keras.layers.MultiHeadAttention(2, 3)
    inner = keras.Model(given, attention(given, given))
    attention._query_dense.trainable = False
    outer = keras.Input((4, 6))
    return keras.Model(outer, inner(outer))


def test_what_the_cure_names_loads(partly_frozen: keras.Model, tmp_path: Path) -> None:
    refused, cured = tmp_path / "model.h5", tmp_path / "model.keras"
    partly_frozen.save(refused)
    with pytest.raises(ValueError, match="Shape mismatch"):
        keras.models.load_model(refused)
    assert _cures(refused) == [CURE_OF_NESTED]

    partly_frozen.save(cured)
    ones = np.ones((1, 4, 6))
    loaded = keras.models.load_model(cured).predict(ones, verbose=0)
    assert np.array_equal(loaded, partly_frozen.predict(ones, verbose=0))
    assert _cures(cured) == []


def _cures(path: Path) -> list[str]:
    """The cures of the errors in a file."""
    return [said.finding.help for said in lstmlint.analyze(str(path)).diagnostics if said.severity is Severity.ERROR]
