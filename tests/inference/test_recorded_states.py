"""A build that is recorded with states decides the weights as Keras 3 decides them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import keras
import pytest
from keras import layers

from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import model_of

LAYERS: dict[str, tuple[Callable[[], Any], int]] = {
    "LSTM": (lambda: layers.LSTM(5), 2),
    "GRU": (lambda: layers.GRU(5), 1),
    "SimpleRNN": (lambda: layers.SimpleRNN(5), 1),
    "Bidirectional": (lambda: layers.Bidirectional(layers.LSTM(5)), 4),
}


def serialized(make: Callable[[], Any], states: int, features: int) -> dict[str, Any]:
    """A model whose layer gets its states, with another number of features in the recorded build."""
    series, given = keras.Input((4, 3)), [keras.Input((5,)) for _ in range(states)]
    model = keras.Model([series, *given], make()(series, initial_state=given))
    content: dict[str, Any] = json.loads(model.to_json())
    recurrent = content["config"]["layers"][-1]
    assert "initial_state_shape" in recurrent["build_config"]["shapes_dict"]
    recurrent["build_config"]["shapes_dict"]["sequences_shape"] = [None, 4, features]
    return content


@pytest.mark.parametrize("features", [3, 7])
@pytest.mark.parametrize("name", LAYERS)
def test_the_recorded_sequence_decides(name: str, features: int) -> None:
    content = serialized(*LAYERS[name], features)
    counted = keras.models.model_from_json(json.dumps(content)).count_params()
    assert model_of(Document("m.json", Container.JSON, content, keras_version="3.15.1")).params == counted
