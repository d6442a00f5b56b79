"""Layers that join, attend, look up or rearrange, and layers that hold code or models of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.keras.classes.traits import Axes, Era, Traits, Values

_MERGE: dict[str, Any] = {"is_elementwise_merge": True, "keeps_mask": Era.ALL}
_ATTENTION: dict[str, Any] = {
    "is_attention": True, "reads_whole_sequence": True, "uses_mask": Era.SINCE_TENSORFLOW_2, "drops": ("dropout",),
}  # fmt: skip
_QUERY: dict[str, Any] = {**_ATTENTION, "arguments": ("value", "key")}
_MOVED: dict[str, Any] = {"axes": Axes.REARRANGED, "values": Values.MOVED}
_CALL: dict[str, Any] = {"is_tensorflow_call": True}

#: The lookups of texts and numbers, and hashes of them.
_LOOKUPS = "HashedCrossing Hashing IntegerLookup StringLookup TextVectorization"

#: Classes that no trait describes: encodings, spectrograms, containers, and layers around foreign code.
_UNDESCRIBED = (
    "CategoryEncoding Discretization "
    "MelSpectrogram Pipeline DenseFeatures SequenceFeatures FeatureSpace FlaxLayer JaxLayer TFSMLayer "
    "TorchModuleWrapper CustomScaleLayer Merge"
)

CLASSES: Mapping[str, Traits] = {
    "STFTSpectrogram": Traits(rank=3),
    "InputLayer": Traits(keeps_mask=Era.SINCE_2),
    "Add": Traits(**_MERGE, values=Values.ZEROS),
    "Subtract": Traits(**_MERGE, values=Values.ZEROS),
    "Average": Traits(**_MERGE, values=Values.ZEROS),
    "Multiply": Traits(**_MERGE, uses_mask=Era.KERAS_3),
    "Maximum": Traits(**_MERGE, uses_mask=Era.KERAS_3),
    "Minimum": Traits(**_MERGE, uses_mask=Era.KERAS_3),
    "Concatenate": Traits(keeps_mask=Era.ALL, values=Values.ZEROS),
    "Dot": Traits(axes=Axes.REARRANGED, lets_mask_go=Era.KERAS_1 | Era.STANDALONE_2),
    "Attention": Traits(**_ATTENTION, arguments=("mask",)),
    "AdditiveAttention": Traits(**_ATTENTION, arguments=("mask",)),
    "MultiHeadAttention": Traits(**_QUERY),
    "GroupedQueryAttention": Traits(**{**_QUERY, "uses_mask": Era.KERAS_3}),
    "GroupQueryAttention": Traits(**{**_QUERY, "uses_mask": Era.KERAS_3}),
    "Embedding": Traits(makes_mask=True, mask_key="mask_zero", has_kernel=True, drops=("dropout",)),
    "ReversibleEmbedding": Traits(makes_mask=True, mask_key="mask_zero", has_kernel=True, arguments=("reverse",)),
    "EinsumDense": Traits(applies_activation=True, offset="bias_axes", first_tensor=0, has_kernel=True),
    "Flatten": Traits(**_MOVED),
    "Permute": Traits(**_MOVED),
    "RepeatVector": Traits(rank=2, refuses_empty=Era.KERAS_3, **_MOVED),
    "Reshape": Traits(values=Values.MOVED),
    "TimeDistributed": Traits(wraps_layer=True, keeps_mask=Era.ALL),
    "SpectralNormalization": Traits(wraps_layer=True, has_kernel=True),
    "Wrapper": Traits(wraps_layer=True),
    "Lambda": Traits(calls_function=True, lets_mask_go=Era.STANDALONE_2),
    "TFOpLambda": Traits(**_CALL, calls_function=True),
    "SlicingOpLambda": Traits(**_CALL, calls_function=True),
    "TensorFlowOpLayer": Traits(**_CALL, calls_function=True),
    "ClassMethod": Traits(**_CALL),
    "InstanceMethod": Traits(**_CALL),
    "InstanceProperty": Traits(),
    "AddLoss": Traits(keeps_mask=Era.TENSORFLOW_2),
    "AddMetric": Traits(keeps_mask=Era.TENSORFLOW_2),
    **dict.fromkeys(_LOOKUPS.split(), Traits(needs_tensorflow=True)),
    **dict.fromkeys(_UNDESCRIBED.split(), Traits()),
}
