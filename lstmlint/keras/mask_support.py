"""Which layers keep, use, lose or refuse a mask, by generation.

Seen by calling each layer on a masked input in Keras 1.2.2, 2.3.1, 2.15.0 and 3.15.1 (`fixtures/scripts/make_masks.py`,
`tests/analyses/test_masks.py`).
"""

from __future__ import annotations

from lstmlint.ir.graph import MaskSupport

_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional"})
_ATTENTION = frozenset({
    "Attention", "AdditiveAttention", "MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention",
})  # fmt: skip

#: Layers that keep a mask in every generation that has them.
_KEEPS = frozenset({
    "Masking", "Activation", "LeakyReLU", "ELU", "PReLU", "ThresholdedReLU", "ReLU", "Softmax",
    "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout",
    "GaussianNoise", "ActivityRegularization", "TimeDistributed",
    "BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization",
    "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate",
    "SReLU", "ParametricSoftplus", "TimeDistributedDense",
})  # fmt: skip

#: What came with Keras 2: inputs, so that a nested model takes a mask, and dense layers.
_KEEPS_SINCE_2 = _KEEPS | {"InputLayer", "Dense"}

_USES_SINCE_2 = _RECURRENT | _ATTENTION | {"GlobalAveragePooling1D"}

KERAS_1 = MaskSupport(
    keeps=_KEEPS,
    uses=_RECURRENT,
    lets_go=frozenset({"Dot"}),
    refuses=True,
    merges_need_every_mask=False,
    state_hides_mask=False,
    asks_wrapped_layer=False,
)

STANDALONE_2 = MaskSupport(
    keeps=_KEEPS_SINCE_2,
    uses=_USES_SINCE_2,
    lets_go=frozenset({"Dot", "Lambda"}),
    refuses=True,
    merges_need_every_mask=False,
    state_hides_mask=False,
    asks_wrapped_layer=True,
)

TENSORFLOW_2 = MaskSupport(
    keeps=_KEEPS_SINCE_2 | {"AddLoss", "AddMetric"},
    uses=_USES_SINCE_2 | {"Softmax"},
    lets_go=frozenset(),
    refuses=False,
    merges_need_every_mask=False,
    state_hides_mask=False,
    asks_wrapped_layer=True,
)

KERAS_3 = MaskSupport(
    keeps=_KEEPS_SINCE_2 | {"Identity", "Rescaling", "Normalization"},
    uses=_USES_SINCE_2 | {"Softmax", "BatchNormalization", "Multiply", "Maximum", "Minimum"},
    lets_go=frozenset(),
    refuses=False,
    merges_need_every_mask=True,
    state_hides_mask=True,
    asks_wrapped_layer=False,
)
