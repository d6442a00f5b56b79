"""Keras 3: objects with `module` and `registered_name`, `build_config`, and `__keras_tensor__` arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.dialects.dialect import Dialect, LayerConfig
from lstmlint.ir.graph import Semantics
from lstmlint.keras.classes import Era, refusing_empty
from lstmlint.keras.defaults import with_defaults
from lstmlint.keras.mask_support import KERAS_3
from lstmlint.keras.versions import NEWEST
from lstmlint.keras.writer import Writer


def semantics(writer: Writer) -> Semantics:
    """The semantics of a version of Keras 3."""
    return Semantics(
        embedding_input_length=False,
        merge_prefers_known=False,
        transposed_3d_dilation=True,
        recorded_build_wins=True,
        nested_cell_states=False,
        reverses_cell_states=False,
        depthwise_ignores_dilation=False,
        open_length_may_hide_others=False,
        separate_gate_weights=False,
        totals_ignore_wrappers=True,
        kernels_follow_data_format=False,
        bidirectional_doubles_forward=True,
        bidirectional_flips_direction=False,
        sequential_passes_lists=True,
        nested_models_adjust_rank=True,
        outputs_are_traced=False,
        encodings_keep_axes=writer.version >= (3, 15),
        recurrent_layers_choose_cudnn=True,
        hard_sigmoid_slope=1 / 6,
        int4_packs_outputs=writer.version >= (3, 14),
        refuses_further_axes=True,
        scores_have_query_length=True,
        models_refuse_other_inputs=True,
        may_run_on_theano=False,
        crossentropy_stretches_targets=False,
        gru_ignores_further_states=True,
        broadcasts_states=True,
        has_operations=True,
        loading_converts_weights=False,
        refuses_empty=refusing_empty(Era.KERAS_3),
        generation=3,
        masks=KERAS_3,
    )


def translate(class_name: str, config: Mapping[str, Any], writer: Writer) -> LayerConfig:
    """Today's vocabulary is that of Keras 3; a legacy H5 may still hold `batch_input_shape`."""
    filled = with_defaults(class_name, config, writer)
    if class_name == "InputLayer" and "batch_shape" not in filled and "batch_input_shape" in filled:
        filled["batch_shape"] = filled["batch_input_shape"]
    return class_name, filled


KERAS3 = Dialect(
    major=3,
    presumed=Writer(NEWEST.version, is_tf_keras=False),
    semantics=semantics,
    translate=translate,
    models_keep_trainable=True,
    wraps_single_tensors=False,
)
