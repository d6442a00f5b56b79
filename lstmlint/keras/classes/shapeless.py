"""Layers that keep the shape or the rank of their input: activations, normalizations, noise and dropout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.keras.classes.traits import Axes, Era, Traits, Values

_SAME: dict[str, Any] = {"axes": Axes.SAME, "keeps_mask": Era.ALL}
_KEPT: dict[str, Any] = {**_SAME, "values": Values.KEPT}
_DROPS: dict[str, Any] = {**_KEPT, "drops": ("rate",)}
_ZEROS: dict[str, Any] = {**_SAME, "values": Values.ZEROS}
_NEWER: dict[str, Any] = {"axes": Axes.SAME, "keeps_mask": Era.SINCE_TENSORFLOW_2}
_DENSE: dict[str, Any] = {"axes": Axes.LAST, "applies_activation": True, "offset": "use_bias"}

#: Layers for images that act only in training; they take a sequence for one image.
_AUGMENTATIONS = (
    "AugMix CutMix MixUp RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast "
    "RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert "
    "RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear "
    "RandomTranslation RandomZoom Solarization MaxNumBoundingBoxes"
)

CLASSES: Mapping[str, Traits] = {
    "Dropout": Traits(**_DROPS),
    "GaussianDropout": Traits(**_DROPS),
    "AlphaDropout": Traits(**{**_DROPS, "keeps_mask": Era.SINCE_2}),
    "GaussianNoise": Traits(**_KEPT),
    "ActivityRegularization": Traits(**_KEPT),
    "Identity": Traits(axes=Axes.SAME, values=Values.KEPT, keeps_mask=Era.KERAS_3),
    "Masking": Traits(**_ZEROS, makes_mask=True),
    "Activation": Traits(**_SAME),
    "ReLU": Traits(**{**_ZEROS, "keeps_mask": Era.SINCE_2}, activation="relu"),
    "LeakyReLU": Traits(**_ZEROS, activation="leaky_relu"),
    "PReLU": Traits(**_ZEROS, activation="prelu"),
    "ELU": Traits(**_ZEROS, activation="elu"),
    "ThresholdedReLU": Traits(**{**_ZEROS, "keeps_mask": Era.BEFORE_3}, activation="threshold"),
    "Softmax": Traits(axes=Axes.SAME, activation="softmax", keeps_mask=Era.SINCE_2, uses_mask=Era.SINCE_TENSORFLOW_2),
    "ParametricSoftplus": Traits(axes=Axes.SAME, keeps_mask=Era.KERAS_1),
    "SReLU": Traits(axes=Axes.SAME, keeps_mask=Era.KERAS_1),
    "BatchNormalization": Traits(**_SAME, normalizes=True, uses_mask=Era.KERAS_3),
    "LayerNormalization": Traits(**_NEWER, normalizes=True, offset="center"),
    "GroupNormalization": Traits(**_NEWER, normalizes=True),
    "UnitNormalization": Traits(**_NEWER, values=Values.ZEROS, normalizes=True),
    "RMSNormalization": Traits(axes=Axes.SAME, values=Values.ZEROS, normalizes=True),
    "Normalization": Traits(axes=Axes.SAME, normalizes=True, keeps_mask=Era.KERAS_3),
    # Other names of these classes, which the dialects translate.
    "BatchNormalizationV1": Traits(),
    "BatchNormalizationV2": Traits(),
    "SyncBatchNormalization": Traits(),
    "Rescaling": Traits(axes=Axes.SAME, keeps_mask=Era.KERAS_3),
    "LayerScale": Traits(axes=Axes.SAME),
    "Dense": Traits(**_DENSE, keeps_mask=Era.SINCE_2, first_tensor=0, has_kernel=True, features_axis=-2),
    "TimeDistributedDense": Traits(**_DENSE, keeps_mask=Era.KERAS_1),
    "Highway": Traits(axes=Axes.SAME),
    "MaxoutDense": Traits(axes=Axes.LAST),
    "RandomFourierFeatures": Traits(axes=Axes.LAST),
    **{name: Traits(axes=Axes.SAME, values=Values.KEPT) for name in _AUGMENTATIONS.split()},
    "AutoContrast": Traits(axes=Axes.SAME),
    "ContrastLimitedAdaptiveHistogramEqualization": Traits(axes=Axes.SAME),
    "Equalization": Traits(axes=Axes.SAME),
    "CenterCrop": Traits(refuses_empty=Era.TENSORFLOW_2),
    "RandomCrop": Traits(),
    "Resizing": Traits(),
    "RandomHeight": Traits(),
    "RandomWidth": Traits(),
}
