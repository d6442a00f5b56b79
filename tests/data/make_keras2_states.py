"""The states of stacked cells and the outputs of dilated convolutions as standalone Keras 2 states them.

Was run with Keras 2.1.6 on Theano (Python 3.6) and with 2.2.4 and 2.3.1 on TensorFlow 1.15 (Python 3.7), each with
`python make_keras2_states.py >> keras2_states.jsonl`. One line for a model: its JSON, which tells the version, and the
shapes of its outputs.
"""

import json
from typing import Any

import keras

L: Any = keras.layers


def cells() -> Any:
    return [L.LSTMCell(3), L.GRUCell(4), L.SimpleRNNCell(5)]


SEQUENCE = (6, 2)
IMAGE = (9, 9, 2)
CASES: Any = [
    (SEQUENCE, lambda: L.RNN(cells(), return_state=True)),
    (SEQUENCE, lambda: L.RNN(cells(), return_state=True, return_sequences=True)),
    (SEQUENCE, lambda: L.RNN([L.LSTMCell(3), L.LSTMCell(4)], return_state=True)),
    (SEQUENCE, lambda: L.RNN(L.LSTMCell(3), return_state=True)),
    (SEQUENCE, lambda: L.Bidirectional(L.RNN(cells(), return_state=True))),
    (SEQUENCE, lambda: L.Bidirectional(L.RNN([L.LSTMCell(3), L.LSTMCell(4)], return_state=True))),
    (IMAGE, lambda: L.DepthwiseConv2D(3, dilation_rate=2)),
    (IMAGE, lambda: L.DepthwiseConv2D(3, dilation_rate=(2, 3), padding="same")),
    (IMAGE, lambda: L.DepthwiseConv2D(3, strides=2)),
    (IMAGE, lambda: L.Conv2D(3, 2, dilation_rate=2)),
]


for shape, make in CASES:
    given = L.Input(shape)
    model = keras.models.Model(given, make()(given))
    outputs = model.layers[-1].output_shape
    line = {"model": json.loads(model.to_json()), "outputs": outputs if isinstance(outputs, list) else [outputs]}
    print(json.dumps(line, separators=(",", ":")))
