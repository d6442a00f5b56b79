"""Rules of the category performance: what real Keras does with unrolled layers."""

from __future__ import annotations

import keras
import numpy
import pytest


def test_unroll_unknown_time__builds_and_runs_on_an_array_but_not_on_an_open_length() -> None:
    model = keras.Sequential([keras.Input((None, 2)), keras.layers.LSTM(3, unroll=True)])
    assert model.predict(numpy.zeros((1, 5, 2)), verbose=0).shape == (1, 3)
    cell = keras.layers.LSTMCell(3)
    cell.build((None, 2))
    step = keras.KerasTensor((1, None, 2))
    with pytest.raises(ValueError, match="Cannot unroll a RNN if the time dimension is undefined"):
        keras.layers.RNN(cell, unroll=True).call(step)


def test_unroll_long__builds_its_operations_for_every_step() -> None:
    import jax

    def operations(steps: int, *, unroll: bool) -> int:
        layer = keras.layers.LSTM(3, unroll=unroll)
        layer.build((None, steps, 2))
        return len(jax.make_jaxpr(layer)(numpy.zeros((1, steps, 2), "float32")).eqns)

    assert operations(60, unroll=True) > 2.9 * operations(20, unroll=True)
    assert operations(60, unroll=False) == operations(20, unroll=False)


def test_cudnn_ineligible__the_settings_are_those_that_keras_asks_for() -> None:
    """A GPU is not needed to ask: the function takes the settings and the device apart."""
    from keras.src.layers.rnn import lstm as module

    source = open(str(module.__file__), encoding="utf-8").read()  # noqa: SIM115
    assert "recurrent_dropout" in source
    assert "use_cudnn" in source
