"""The layers that keep the shape of their input, or its rank: activations, normalizations, what only disturbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.keras.classes.traits import Axes, Era, Traits, Values

_SAME: dict[str, Any] = {"axes": Axes.SAME, "keeps_mask": Era.ALL}
_KEPT: dict[str, Any] = {**_SAME, "values": Values.KEPT}
_DROPS: dict[str, Any] = {**_KEPT, "drops": ("rate",)}
_ZEROS: dict[str, Any] = {**_SAME, "values": Values.ZEROS}
_DENSE: dict[str, Any] = {"axes": Axes.LAST, "applies_activation": True, "offset": "use_bias"}

#: Called on a sequence they take it for one image; of those that only act while training each value is kept.
_IMAGES = (
    "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization Equalization RandAugment RandomBrightness "
    "RandomColorDegeneration RandomColorJitter RandomContrast RandomElasticTransform RandomErasing RandomFlip "
    "RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation "
    "RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom Solarization CutMix MixUp "
    "MaxNumBoundingBoxes CenterCrop RandomCrop Resizing RandomHeight RandomWidth"
)

CLASSES: Mapping[str, Traits] = {
    "Dropout": Traits(**_DROPS),
    "GaussianDropout": Traits(**_DROPS),
    "AlphaDropout": Traits(**_DROPS),
    "GaussianNoise": Traits(**_KEPT),
    "ActivityRegularization": Traits(**_KEPT),
    "Identity": Traits(axes=Axes.SAME, values=Values.KEPT, keeps_mask=Era.KERAS_3),
    "Masking": Traits(**_ZEROS, makes_mask=True),
    "Activation": Traits(**_SAME),
    "ReLU": Traits(**_ZEROS, activation="relu"),
    "LeakyReLU": Traits(**_ZEROS, activation="leaky_relu"),
    "PReLU": Traits(**_ZEROS, activation="prelu"),
    "ELU": Traits(**_ZEROS, activation="elu"),
    "ThresholdedReLU": Traits(**_ZEROS, activation="threshold"),
    "Softmax": Traits(**_SAME, activation="softmax", uses_mask=Era.SINCE_TENSORFLOW_2),
    "ParametricSoftplus": Traits(**_SAME),
    "SReLU": Traits(**_SAME),
    "BatchNormalization": Traits(**_SAME, normalizes=True, uses_mask=Era.KERAS_3),
    "LayerNormalization": Traits(**_SAME, normalizes=True, offset="center"),
    "GroupNormalization": Traits(**_SAME, normalizes=True),
    "UnitNormalization": Traits(**_ZEROS, normalizes=True),
    "RMSNormalization": Traits(axes=Axes.SAME, values=Values.ZEROS, normalizes=True),
    "Normalization": Traits(axes=Axes.SAME, normalizes=True, keeps_mask=Era.KERAS_3),
    # The same under other names, which the dialects translate.
    "BatchNormalizationV1": Traits(),
    "BatchNormalizationV2": Traits(),
    "SyncBatchNormalization": Traits(),
    "Rescaling": Traits(axes=Axes.SAME, keeps_mask=Era.KERAS_3),
    "LayerScale": Traits(axes=Axes.SAME),
    "Dense": Traits(**_DENSE, keeps_mask=Era.SINCE_2, first_tensor=0, has_kernel=True, features_axis=-2),
    "TimeDistributedDense": Traits(**_DENSE, keeps_mask=Era.ALL),
    "Highway": Traits(axes=Axes.SAME),
    "MaxoutDense": Traits(axes=Axes.LAST),
    "RandomFourierFeatures": Traits(axes=Axes.LAST),
    **dict.fromkeys(_IMAGES.split(), Traits()),
}
