"""Keras 2, standalone and inside TensorFlow: today's names except for input shapes and a few classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.dialects.dialect import WRAPPERS, Dialect, Freezing, LayerConfig
from lstmlint.ir.graph import Semantics
from lstmlint.keras.classes import Era, refusing_empty
from lstmlint.keras.defaults import with_defaults
from lstmlint.keras.mask_support import STANDALONE_2, TENSORFLOW_2
from lstmlint.keras.writer import Writer

#: Older or internal names of classes.
ALIASES: Mapping[str, str] = {
    "UnifiedLSTM": "LSTM",
    "UnifiedGRU": "GRU",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
}

#: Today's key for a key of an older version, by class.
KEYS: Mapping[str, Mapping[str, str]] = {
    "MaxoutDense": {"output_dim": "units", "bias": "use_bias"},
    "Highway": {"bias": "use_bias"},
    "CategoryEncoding": {"max_tokens": "num_tokens"},
}


def semantics(writer: Writer) -> Semantics:
    """The semantics of a version of Keras 2, standalone or inside TensorFlow."""
    return Semantics(
        embedding_input_length=not writer.is_tf_keras,
        merge_prefers_known=writer.is_tf_keras,
        transposed_3d_dilation=False,
        recorded_build_wins=False,
        nested_cell_states=writer.is_tf_keras,
        reverses_cell_states=not writer.is_tf_keras and writer.version < (2, 2, 3),
        depthwise_ignores_dilation=not writer.is_tf_keras and writer.version < (2, 3),
        open_length_may_hide_others=writer.is_tf_keras,
        separate_gate_weights=False,
        totals_ignore_wrappers=False,
        kernels_follow_data_format=False,
        bidirectional_doubles_forward=not writer.is_tf_keras,
        bidirectional_flips_direction=True,
        sequential_passes_lists=False,
        nested_models_adjust_rank=writer.is_tf_keras,
        outputs_are_traced=writer.is_tf_keras,
        encodings_keep_axes=False,
        recurrent_layers_choose_cudnn=writer.is_tf_keras,
        hard_sigmoid_slope=0.2,
        int4_packs_outputs=False,
        refuses_further_axes=False,
        scores_have_query_length=False,
        models_refuse_other_inputs=False,
        may_run_on_theano=not writer.is_tf_keras,
        crossentropy_stretches_targets=True,
        gru_ignores_further_states=False,
        broadcasts_states=False,
        has_operations=False,
        loading_converts_weights=True,
        refuses_empty=refusing_empty(Era.TENSORFLOW_2 if writer.is_tf_keras else Era.STANDALONE_2),
        generation=2,
        masks=TENSORFLOW_2 if writer.is_tf_keras else STANDALONE_2,
    )


def freezing(class_name: str, writer: Writer) -> Freezing:
    """A wrapper hands its flag down when it is made; inside TensorFlow only `Bidirectional` does."""
    hands_down = class_name == "Bidirectional" if writer.is_tf_keras else class_name in WRAPPERS
    return Freezing.OUTER if hands_down else Freezing.EITHER


def translate(class_name: str, config: Mapping[str, Any], writer: Writer) -> LayerConfig:
    """A layer's class and config in today's vocabulary, with the defaults of its version of Keras 2."""
    canonical = ALIASES.get(class_name, class_name)
    filled = with_defaults(canonical, config, writer)
    keys = KEYS.get(canonical)
    if keys:
        filled = {keys.get(key, key): value for key, value in filled.items()}
    if canonical == "InputLayer" and "batch_input_shape" in filled:
        filled["batch_shape"] = filled.pop("batch_input_shape")
    return canonical, filled


KERAS2 = Dialect(
    major=2,
    presumed=Writer((2, 2, 4), is_tf_keras=False),
    semantics=semantics,
    translate=translate,
    freezing=freezing,
)
