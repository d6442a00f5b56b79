"""Keras 1: `output_dim` for units, `nb_filter` and `nb_row` for convolutions, `dim_ordering`, `Merge` with a mode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.dialects.dialect import WRAPPERS, Dialect, Freezing, LayerConfig
from lstmlint.ir.graph import Semantics
from lstmlint.keras.classes import Era, refusing_empty
from lstmlint.keras.defaults import with_defaults
from lstmlint.keras.mask_support import KERAS_1
from lstmlint.keras.writer import Writer

#: Today's class names.
CLASSES: Mapping[str, str] = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
}

#: Today's key for a key that means the same in every class.
KEYS: Mapping[str, str] = {
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "stride": "strides",
    "pool_length": "pool_size",
    "atrous_rate": "dilation_rate",
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint",
    "b_constraint": "bias_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "p": "rate",
    "batch_input_shape": "batch_input_shape",
}

#: Classes whose `output_dim` is called `units` today (an `Embedding` keeps `output_dim`).
UNITS_CLASSES = frozenset({"LSTM", "GRU", "SimpleRNN", "Dense", "TimeDistributedDense", "Highway", "MaxoutDense"})

#: Keys of the sizes of a kernel, in order.
KERNEL_KEYS = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))

DATA_FORMATS: Mapping[str, str] = {"th": "channels_first", "tf": "channels_last"}

#: Today's merging layer by mode of `Merge`.
MERGE_CLASSES: Mapping[str, str] = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}

#: Classes whose config in Keras 1 lacks the `dim_ordering` that they were built with.
LOST_DATA_FORMAT = frozenset({"UpSampling2D", "ZeroPadding2D", "UpSampling3D", "ZeroPadding3D", "Cropping2D"})

#: Layers of Keras 1 that may state one padding for both sides of an axis.
SYMMETRIC_PADDING = frozenset({"ZeroPadding2D", "ZeroPadding3D"})

SEMANTICS = Semantics(
    embedding_input_length=True,
    merge_prefers_known=False,
    transposed_3d_dilation=False,
    recorded_build_wins=False,
    nested_cell_states=False,
    reverses_cell_states=False,
    depthwise_ignores_dilation=False,
    open_length_may_hide_others=False,
    separate_gate_weights=True,
    totals_ignore_wrappers=False,
    kernels_follow_data_format=True,
    bidirectional_doubles_forward=True,
    bidirectional_flips_direction=True,
    sequential_passes_lists=False,
    nested_models_adjust_rank=False,
    outputs_are_traced=False,
    encodings_keep_axes=False,
    recurrent_layers_choose_cudnn=False,
    hard_sigmoid_slope=0.2,
    int4_packs_outputs=False,
    refuses_further_axes=False,
    scores_have_query_length=False,
    models_refuse_other_inputs=False,
    may_run_on_theano=True,
    crossentropy_stretches_targets=True,
    gru_ignores_further_states=False,
    broadcasts_states=False,
    has_operations=False,
    loading_converts_weights=True,
    refuses_empty=refusing_empty(Era.KERAS_1),
    generation=1,
    masks=KERAS_1,
)


#: Values without a key in Keras 1; they are those of the Keras 2 after it.
SUCCESSOR = Writer((2,), is_tf_keras=False)


def translate(class_name: str, config: Mapping[str, Any], writer: Writer) -> LayerConfig:
    """A layer's class and config in today's vocabulary, with the defaults of Keras 1."""
    renamed = {KEYS.get(key, key): value for key, value in with_defaults(class_name, config, writer).items()}
    canonical = CLASSES.get(class_name, class_name)
    if class_name in UNITS_CLASSES and "output_dim" in renamed:
        renamed["units"] = renamed.pop("output_dim")
    if class_name == "Merge":
        canonical, renamed = _merge(renamed)
    for keys in KERNEL_KEYS:
        if all(key in renamed for key in keys):
            renamed["kernel_size"] = [renamed.pop(key) for key in keys]
    if "dim_ordering" in renamed:
        renamed["data_format"] = DATA_FORMATS.get(str(renamed["dim_ordering"]), str(renamed["dim_ordering"]))
    elif class_name in LOST_DATA_FORMAT:
        renamed["data_format"] = "not recorded by Keras 1"
    if class_name in SYMMETRIC_PADDING:
        renamed["padding"] = _both_sides(renamed.get("padding"))
    if "forget_bias_init" in renamed:
        renamed["unit_forget_bias"] = renamed["forget_bias_init"] == "one"
    if class_name == "UpSampling1D" and "length" in renamed:
        renamed["size"] = renamed.pop("length")
    if class_name == "InputLayer" and "batch_input_shape" in renamed:
        renamed["batch_shape"] = renamed.pop("batch_input_shape")
    return canonical, with_defaults(canonical, renamed, SUCCESSOR)


def _merge(config: dict[str, Any]) -> LayerConfig:
    canonical = MERGE_CLASSES.get(str(config.get("mode")), "Merge")
    return canonical, {**config, "axis": config.get("concat_axis"), "axes": config.get("dot_axes")}


def _both_sides(padding: Any) -> Any:
    """Keras 1 pads `[rows, columns]` on both sides; four numbers are top, bottom, left, right."""
    if not isinstance(padding, list) or not all(isinstance(size, int) for size in padding):
        return padding
    if len(padding) == 4:
        return [padding[:2], padding[2:]]
    return [[size, size] for size in padding]


KERAS1 = Dialect(
    major=1,
    presumed=Writer((1, 2, 2), is_tf_keras=False),
    semantics=lambda writer: SEMANTICS,
    translate=translate,
    freezing=lambda class_name, writer: Freezing.INNER if class_name in WRAPPERS else Freezing.EITHER,
)
