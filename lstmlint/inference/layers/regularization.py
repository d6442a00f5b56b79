"""Layers that do something only while training: the shape stays, nothing is learned."""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Signature, layer

#: The rank that a layer demands, by class name.
RANKS = {"SpatialDropout1D": 3, "SpatialDropout2D": 4, "SpatialDropout3D": 5}


@layer("Dropout", "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization", weights=False)
def regularization(call: Call) -> Signature:
    """Any shape, and any structure of shapes."""
    return Signature(call.inputs)


@layer("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", weights=False)
def spatial_dropout(call: Call) -> Signature:
    """Whole feature maps are dropped, so the rank is given."""
    return Signature(call.dims(RANKS[call.class_name]))
