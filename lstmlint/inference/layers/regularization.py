"""Layers that do something only while training: the shape stays, nothing is learned."""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Signature, layer
from lstmlint.keras.classes import dimensions_of


@layer("Dropout", "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization", weights=False)
def regularization(call: Call) -> Signature:
    """Any shape, and any structure of shapes."""
    return Signature(call.inputs)


@layer("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", weights=False)
def spatial_dropout(call: Call) -> Signature:
    """Whole feature maps are dropped, so the rank is given."""
    return Signature(call.dims(dimensions_of(call.class_name) + 2))
