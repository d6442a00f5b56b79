"""What real Keras does where the rules on recurrence speak up."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy
import pytest

from tests.support.random_weights import randomised
from tests.support.truth import ROOT

L = keras.layers


def stateful(batch: int | None) -> Any:
    return keras.Sequential([keras.Input(batch_shape=(batch, 20, 4)), L.LSTM(16, stateful=True)])


def test_stateful_needs_batch__keras_3_refuses_an_open_batch() -> None:
    with pytest.raises(ValueError, match="the batch size must be static"):
        stateful(None)
    assert stateful(8).count_params() == 1344
    with pytest.raises(ValueError, match="the batch size must be static"):
        keras.Sequential([keras.Input((20, 4)), L.Bidirectional(L.LSTM(16, stateful=True))])


@pytest.mark.parametrize("version", ["1.2.2", "2.3.1", "2.15.0"])
def test_stateful_needs_batch__older_keras_refuse_it_too(version: str) -> None:
    refusals = json.loads((ROOT / "tests" / "data" / f"masks-{version}.json").read_text())["refusals"]
    assert refusals["stateful_without_batch"].startswith("If a RNN is stateful, ")
    assert refusals["stateful_with_batch"] is None


def test_batch_size_locked__a_stateful_model_takes_no_other_batch() -> None:
    model = stateful(8)
    assert model.predict(numpy.zeros((8, 20, 4)), verbose=0).shape == (8, 16)
    with pytest.raises((ValueError, TypeError)):
        model.predict(numpy.zeros((5, 20, 4)), verbose=0)


def test_batch_size_locked__without_state_keras_3_takes_any_batch() -> None:
    model = keras.Sequential([keras.Input(batch_shape=(8, 20, 4)), L.LSTM(16)])
    assert model.predict(numpy.zeros((5, 20, 4)), verbose=0).shape == (5, 16)


def test_stateful_bidirectional__the_backward_state_is_that_of_the_beginning() -> None:
    """The backward layer begins a chunk, at its end, with the state of the beginning of the chunk before."""
    both = L.Bidirectional(L.LSTM(3, stateful=True), merge_mode=None)
    first, second = numpy.random.RandomState(1).normal(size=(2, 1, 6, 2)).astype("float32")
    both.build((1, 6, 2))
    randomised(both)
    plain = L.LSTM(3, return_state=True)
    plain.build((1, 6, 2))
    plain.set_weights(both.backward_layer.get_weights())
    both(first)
    _, backward = both(second)
    at_the_beginning_of_the_first = plain(first[:, ::-1])[1:]
    expected = plain(second[:, ::-1], initial_state=at_the_beginning_of_the_first)[0]
    assert numpy.allclose(backward, expected, atol=1e-5)


def test_go_backwards_sequence_order__the_first_output_is_of_the_last_step() -> None:
    backwards, forwards = (L.LSTM(3, return_sequences=True, go_backwards=flag) for flag in (True, False))
    series = numpy.random.RandomState(1).normal(size=(1, 6, 2)).astype("float32")
    for layer in (backwards, forwards):
        layer.build((1, 6, 2))
        randomised(layer)
    assert numpy.allclose(backwards(series), forwards(series[:, ::-1]), atol=1e-6)
    assert not numpy.allclose(backwards(series)[:, ::-1], forwards(series), atol=1e-6)
    in_order = L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=None)
    in_order.build((1, 6, 2))
    in_order.backward_layer.set_weights(backwards.get_weights())
    assert numpy.allclose(in_order(series)[1], backwards(series)[:, ::-1], atol=1e-6)
