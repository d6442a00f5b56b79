"""Recurrent layers, their cells, and their wrappers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.keras.classes.traits import Era, Form, Gate, Kind, Traits

_GATE, _VALUE = "recurrent_activation", "activation"

#: The config values that cuDNN demands of a layer (Keras 3.15, `backend/tensorflow/rnn.py`, `cudnn_ok`).
_CUDNN: dict[str, Any] = {
    "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True, "recurrent_dropout": 0, "unroll": False,
}  # fmt: skip

#: Source: Keras, `layers/rnn/lstm.py`, `gru.py` and `simple_rnn.py`, `call` of the cells. The gradient needs the gates
#: and the output again; for an LSTM also the cell state and its tanh, for a GRU the product with the last output.
LSTM = Kind(
    "LSTM",
    (Gate("i", "input", _GATE), Gate("f", "forget", _GATE), Gate("c", "candidate", _VALUE), Gate("o", "output", _GATE)),
    keras1_order="icfo",
    states=("h", "c"),
    kept=7,
    cudnn=_CUDNN,
)
GRU = Kind(
    "GRU",
    (Gate("z", "update", _GATE), Gate("r", "reset", _GATE), Gate("h", "candidate", _VALUE)),
    keras1_order="zrh",
    states=("h",),
    kept=5,
    cudnn={**_CUDNN, "reset_after": True},
)
SIMPLE_RNN = Kind("SimpleRNN", (Gate("", "", _VALUE),), keras1_order="", states=("h",), kept=1)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (LSTM, GRU, SIMPLE_RNN)}

_KERNEL: dict[str, Any] = {"features_axis": -2}
_CELL: dict[str, Any] = {**_KERNEL, "drops": ("dropout", "recurrent_dropout")}
_STATES: dict[str, Any] = {"arguments": ("initial_state",)}
_LAYER: dict[str, Any] = {**_CELL, **_STATES, "uses_mask": Era.ALL}
_WINDOW: dict[str, Any] = {**_LAYER, "refuses_empty": Era.SINCE_2}
_NEWER: dict[str, Any] = {**_LAYER, **dict.fromkeys(("uses_mask", "refuses_empty"), Era.SINCE_TENSORFLOW_2)}

CLASSES: Mapping[str, Traits] = {
    "LSTM": Traits(rank=3, form=Form.LAYER, kind=LSTM, **_LAYER),
    "GRU": Traits(rank=3, form=Form.LAYER, kind=GRU, **_LAYER),
    "SimpleRNN": Traits(rank=3, form=Form.LAYER, kind=SIMPLE_RNN, **_LAYER),
    "CuDNNLSTM": Traits(rank=3, form=Form.CUDNN, kind=LSTM, plain="LSTM", **_STATES, **_KERNEL),
    "CuDNNGRU": Traits(rank=3, form=Form.CUDNN, kind=GRU, plain="GRU", **_STATES, **_KERNEL),
    "ConvLSTM1D": Traits(rank=4, dimensions=1, form=Form.CONVOLUTION, kind=LSTM, **_NEWER),
    "ConvLSTM2D": Traits(rank=5, dimensions=2, form=Form.CONVOLUTION, kind=LSTM, **_WINDOW),
    "ConvLSTM3D": Traits(rank=6, dimensions=3, form=Form.CONVOLUTION, kind=LSTM, **_NEWER),
    "LSTMCell": Traits(form=Form.CELL, kind=LSTM, **_CELL),
    "GRUCell": Traits(form=Form.CELL, kind=GRU, **_CELL),
    "SimpleRNNCell": Traits(form=Form.CELL, kind=SIMPLE_RNN, **_CELL),
    "StackedRNNCells": Traits(form=Form.CELLS),
    "RNN": Traits(form=Form.OF_CELL, **_STATES, uses_mask=Era.SINCE_2),
    "Bidirectional": Traits(form=Form.AROUND, **_STATES, uses_mask=Era.ALL, wraps_layer=True),
    # Classes of some Keras 2 that no known file uses.
    "ConvRNN2D": Traits(**_STATES),
    "ConvLSTM2DCell": Traits(),
}
