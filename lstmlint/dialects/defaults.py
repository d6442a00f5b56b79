"""The values that Keras fills in for keys that a config lacks, and the versions at which a value changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lstmlint.dialects.dialect import Writer

_RECURRENT = {
    "use_bias": True,
    "return_sequences": False,
    "return_state": False,
    "go_backwards": False,
    "stateful": False,
    "unroll": False,
    "activation": "tanh",
    "dropout": 0.0,
    "recurrent_dropout": 0.0,
}
_CELL = {"use_bias": True, "activation": "tanh", "dropout": 0.0, "recurrent_dropout": 0.0}
_SPATIAL = {"data_format": "channels_last", "padding": "valid"}
_CONVOLUTION = {**_SPATIAL, "strides": 1, "dilation_rate": 1, "groups": 1, "use_bias": True, "activation": None}
_TRANSPOSED = {**_CONVOLUTION, "output_padding": None}
_DEPTHWISE = {**_CONVOLUTION, "depth_multiplier": 1}
_CONV_LSTM = {**_RECURRENT, **_CONVOLUTION, "activation": "tanh"}
_POOLING = {**_SPATIAL, "pool_size": 2, "strides": None}
_GLOBAL_POOLING = {"data_format": "channels_last", "keepdims": False}
_NORMALIZATION = {"axis": -1, "scale": True, "center": True, "epsilon": 1e-3}
_DATA_FORMAT = {"data_format": "channels_last"}
_LOCAL = {**_SPATIAL, "strides": 1, "use_bias": True, "implementation": 1}
_VOCABULARY = {"output_mode": "int", "pad_to_max_tokens": False, "num_oov_indices": 1}

#: Defaults that are the same in every version, by class and key.
CONSTANT_DEFAULTS: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "LSTM": {**_RECURRENT, "unit_forget_bias": True},
    "GRU": _RECURRENT,
    "SimpleRNN": _RECURRENT,
    "CuDNNLSTM": {**_RECURRENT, "unit_forget_bias": True},
    "CuDNNGRU": _RECURRENT,
    "RNN": {key: value for key, value in _RECURRENT.items() if key not in _CELL},
    "LSTMCell": {**_CELL, "unit_forget_bias": True},
    "GRUCell": _CELL,
    "SimpleRNNCell": _CELL,
    "ConvLSTM1D": _CONV_LSTM,
    "ConvLSTM2D": _CONV_LSTM,
    "ConvLSTM3D": _CONV_LSTM,
    "Bidirectional": {"merge_mode": "concat"},
    "Dense": {"use_bias": True, "activation": None},
    "Embedding": {"mask_zero": False, "input_length": None},
    "Masking": {"mask_value": 0.0},
    "Conv1D": _CONVOLUTION,
    "Conv2D": _CONVOLUTION,
    "Conv3D": _CONVOLUTION,
    "Conv1DTranspose": _TRANSPOSED,
    "Conv2DTranspose": _TRANSPOSED,
    "Conv3DTranspose": _TRANSPOSED,
    "DepthwiseConv1D": _DEPTHWISE,
    "DepthwiseConv2D": _DEPTHWISE,
    "SeparableConv1D": _DEPTHWISE,
    "SeparableConv2D": _DEPTHWISE,
    **{f"{kind}Pooling{rank}D": _POOLING for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{kind}Pooling{rank}D": _GLOBAL_POOLING for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"ZeroPadding{rank}D": {**_DATA_FORMAT, "padding": 1} for rank in (1, 2, 3)},
    "Cropping1D": {"cropping": 1},
    "Cropping2D": {**_DATA_FORMAT, "cropping": 0},
    "Cropping3D": {**_DATA_FORMAT, "cropping": 1},
    **{f"UpSampling{rank}D": {**_DATA_FORMAT, "size": 2} for rank in (1, 2, 3)},
    "Flatten": _DATA_FORMAT,
    "Concatenate": {"axis": -1},
    "Dot": {"normalize": False},
    "BatchNormalization": {**_NORMALIZATION, "momentum": 0.99, "renorm": False},
    "LayerNormalization": {**_NORMALIZATION, "rms_scaling": False},
    "GroupNormalization": {**_NORMALIZATION, "groups": 32},
    "UnitNormalization": {"axis": -1},
    "RMSNormalization": {"axis": -1},
    "Attention": {"use_scale": False, "score_mode": "dot"},
    "AdditiveAttention": {"use_scale": True},
    "MultiHeadAttention": {"use_bias": True, "value_dim": None, "output_shape": None, "attention_axes": None,
                           "use_gate": False},
    "GroupedQueryAttention": {"use_bias": True, "use_gate": False},
    "GroupQueryAttention": {"use_bias": True, "use_gate": False},
    "ReversibleEmbedding": {"tie_weights": True},
    "LocallyConnected1D": _LOCAL,
    "LocallyConnected2D": _LOCAL,
    **{name: {"use_bias": True} for name in ("TimeDistributedDense", "MaxoutDense", "Highway", "Deconvolution2D")},
    "Normalization": {"axis": -1},
    "CategoryEncoding": {"output_mode": "multi_hot"},
    **{name: {"output_mode": "int"} for name in ("Hashing", "HashedCrossing", "Discretization")},
    "StringLookup": {**_VOCABULARY, "oov_token": "[UNK]"},
    "IntegerLookup": {**_VOCABULARY, "oov_token": -1},
    "TextVectorization": {"output_mode": "int", "split": "whitespace"},
    "STFTSpectrogram": {**_SPATIAL, "mode": "log", "frame_length": 256},
    "MelSpectrogram": {"sequence_stride": 512, "num_mel_bins": 128},
})  # fmt: skip

#: `(writers from this version on, value)`, newest first; the last one holds for everything older.
Changes = tuple[tuple[tuple[int, ...], Any], ...]

_GATE_ACTIVATION: tuple[Changes, Changes] = (
    (((2, 3), "sigmoid"), ((0,), "hard_sigmoid")),
    (((2, 2, 4), "sigmoid"), ((0,), "hard_sigmoid")),
)
_CONVOLUTIONAL_GATE_ACTIVATION: tuple[Changes, Changes] = (
    (((3,), "sigmoid"), ((0,), "hard_sigmoid")),
    (((3,), "sigmoid"), ((0,), "hard_sigmoid")),
)
_RESET_AFTER: tuple[Changes, Changes] = (
    (((3,), True), ((0,), False)),
    (((2, 2, 4), True), ((0,), False)),
)

#: Defaults that changed, by class and key: in standalone Keras, and in the Keras of TensorFlow.
#: Sources: release notes of Keras 2.3.0 and of TensorFlow 2.0; Keras 3 for the convolutional layers.
CHANGED_DEFAULTS: Mapping[str, Mapping[str, tuple[Changes, Changes]]] = MappingProxyType({
    **{key: {"recurrent_activation": _GATE_ACTIVATION} for key in ("LSTM", "LSTMCell")},
    **{key: {"recurrent_activation": _GATE_ACTIVATION, "reset_after": _RESET_AFTER} for key in ("GRU", "GRUCell")},
    **{f"ConvLSTM{rank}D": {"recurrent_activation": _CONVOLUTIONAL_GATE_ACTIVATION} for rank in (1, 2, 3)},
})  # fmt: skip


def with_defaults(class_name: str, config: Mapping[str, Any], writer: Writer) -> dict[str, Any]:
    """A config with every default of the version that wrote it."""
    filled = {**CONSTANT_DEFAULTS.get(class_name, {}), **config}
    for key, (standalone, in_tensorflow) in CHANGED_DEFAULTS.get(class_name, {}).items():
        if key not in config:
            changes = in_tensorflow if writer.is_tf_keras else standalone
            filled[key] = next(value for since, value in changes if writer.version >= since)
    return filled
