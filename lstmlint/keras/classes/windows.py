"""Layers that work on spatial dimensions: convolutions, pooling, padding, cropping and resizing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.keras.classes.traits import Axes, Era, Traits, Values

#: A layer of one spatial dimension slides over the timesteps of a sequence.
_AXES = {1: Axes.STEPS}


def _each(pattern: str, dimensions: tuple[int, ...] = (1, 2, 3), **traits: Any) -> Iterator[tuple[str, Traits]]:
    """The classes of a family, with the number of spatial dimensions for `*`."""
    for number in dimensions:
        axes = traits.get("axes", _AXES.get(number, Axes.OTHER))
        yield pattern.replace("*", str(number)), Traits(**{**traits, "dimensions": number, "axes": axes})


def _ranked(pattern: str, **traits: Any) -> Iterator[tuple[str, Traits]]:
    """The classes of a family that demand an input of batch, spatial dimensions and channels."""
    for number in (1, 2, 3):
        yield from _each(pattern, (number,), rank=number + 2, **traits)


_REFUSES: dict[str, Any] = {"refuses_empty": Era.SINCE_2}
_CONVOLUTION: dict[str, Any] = {
    **_REFUSES,
    "applies_activation": True, "offset": "use_bias", "first_tensor": 0, "has_kernel": True, "features_axis": -2,
}  # fmt: skip
_SEPARABLE = {**_CONVOLUTION, "first_tensor": 1, "has_kernel": False}
_POOLED: dict[str, Any] = {"axes": Axes.OTHER}

CLASSES: Mapping[str, Traits] = dict((
    *_each("Conv*D", **_CONVOLUTION),
    *_each("Conv*DTranspose", **{**_CONVOLUTION, "features_axis": -1, "refuses_empty": Era.NONE}),
    *_each("DepthwiseConv*D", (1,), **{**_CONVOLUTION, "refuses_empty": Era.SINCE_TENSORFLOW_2}),
    *_each("DepthwiseConv*D", (2,), **_CONVOLUTION),
    *_each("SeparableConv*D", (1, 2), **_SEPARABLE),
    *_each("LocallyConnected*D", (1, 2), applies_activation=True, offset="use_bias", has_kernel=True,
            refuses_empty=Era.STANDALONE_2 | Era.TENSORFLOW_2),
    *_ranked("MaxPooling*D", **_REFUSES),
    *_ranked("AveragePooling*D", **_REFUSES),
    *_ranked("GlobalMaxPooling*D", **_POOLED),
    *_ranked("GlobalAveragePooling*D", **_POOLED),
    ("GlobalAveragePooling1D", Traits(rank=3, dimensions=1, uses_mask=Era.SINCE_2, reads_whole_sequence=True)),
    *_each("AdaptiveMaxPooling*D"),
    *_each("AdaptiveAveragePooling*D"),
    *_ranked("ZeroPadding*D", values=Values.ZEROS),
    *_ranked("Cropping*D", values=Values.MOVED, refuses_empty=Era.SINCE_TENSORFLOW_2),
    ("Cropping3D", Traits(rank=5, dimensions=3, values=Values.MOVED, refuses_empty=Era.KERAS_3)),
    *_ranked("UpSampling*D", values=Values.MOVED, **_REFUSES),
    # With `interpolation` it computes new values.
    ("UpSampling2D", Traits(rank=4, dimensions=2, refuses_empty=Era.SINCE_TENSORFLOW_2)),
    *_ranked("SpatialDropout*D", axes=Axes.SAME, values=Values.KEPT, drops=("rate",), keeps_mask=Era.ALL),
    # Names of Keras 1 for these classes, which the dialect translates.
    *((name, Traits()) for name in (
        "Convolution1D", "Convolution2D", "Convolution3D", "AtrousConvolution1D", "AtrousConvolution2D",
        "Deconvolution2D",
    )),
))  # fmt: skip
