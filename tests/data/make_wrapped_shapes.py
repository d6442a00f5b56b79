"""Sequentials whose input shape stands on a wrapper, or on the layer inside it, written and loaded again by Keras 2.

Was run with Keras 2.3.1 on TensorFlow 1.15 (Python 3.7) and with tf.keras 2.15.1, each with
`python make_wrapped_shapes.py >> wrapped_shapes.jsonl`. One line for a model: its JSON, which tells the version,
whether the model that was made of it is built, and the output shape where it is.
"""

import json
import sys
from typing import Any

if sys.version_info < (3, 8):  # noqa: UP036
    import keras
else:
    from tensorflow import keras

L: Any = keras.layers

CASES: Any = [
    lambda: [L.TimeDistributed(L.Dense(3, input_shape=(4,)))],
    lambda: [L.TimeDistributed(L.Dense(3), input_shape=(5, 4))],
    lambda: [L.TimeDistributed(L.Conv1D(3, 2, input_shape=(8, 4))), L.TimeDistributed(L.Flatten()), L.LSTM(2)],
    lambda: [L.TimeDistributed(L.Conv1D(3, 2), input_shape=(5, 8, 4)), L.TimeDistributed(L.Flatten()), L.LSTM(2)],
    lambda: [L.Bidirectional(L.LSTM(3, input_shape=(5, 4))), L.Dense(2)],
    lambda: [L.Bidirectional(L.LSTM(3), input_shape=(5, 4)), L.Dense(2)],
    lambda: [L.Bidirectional(L.GRU(3, batch_input_shape=(2, 5, 4), return_sequences=True)), L.GRU(2)],
    lambda: [L.RNN(L.LSTMCell(3), input_shape=(5, 4))],
]


for make in CASES:
    model = keras.models.Sequential(make())
    written = model.to_json()
    again = keras.models.model_from_json(written)
    shape = again.output_shape if again.built else None
    print(json.dumps({"model": json.loads(written), "is_built": again.built, "output": shape}, separators=(",", ":")))
