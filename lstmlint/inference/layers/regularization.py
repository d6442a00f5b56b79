"""Layers that act only in training: the shape stays, and there are no weights."""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Signature, layer
from lstmlint.keras.classes import dimensions_of


@layer("Dropout", "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization", weights=False)
def regularization(call: Call) -> Signature:
    """The shape of the input stays, or any structure of shapes."""
    return Signature(call.inputs)


@layer("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", weights=False)
def spatial_dropout(call: Call) -> Signature:
    """The shape of the input stays; whole feature maps are dropped, so the rank is fixed."""
    return Signature(call.dims(dimensions_of(call.class_name) + 2))
