"""Preprocessing of numbers, and pipelines of layers."""

from __future__ import annotations

from lstmlint.inference.layers.call import Call, Signature, joined, layer
from lstmlint.ir.shape import Dims, Incompatible, Structure, Unknown
from lstmlint.ir.weight import Weight, Weights
from lstmlint.ir.work import Work, together

#: Layers of Keras 3 whose returned shape may differ from the shape that they state.
DECLARED_OTHERWISE = frozenset({
    "EinsumDense", "CategoryEncoding", "Discretization", "Hashing", "HashedCrossing", "StringLookup", "IntegerLookup",
    "TextVectorization",
})  # fmt: skip


@layer("Rescaling", weights=False)
def rescaling(call: Call) -> Signature:
    """Each value times a scale, plus an offset."""
    return Signature(call.inputs)


@layer("Normalization")
def normalization(call: Call) -> Signature:
    """Mean and variance along the kept axes are weights, with the count of samples, unless the config gives them.

    Raises:
        Incompatible: a kept axis is outside the rank or open.
    """
    shape = call.shape()
    value = call.config.get("axis")
    axes = value if isinstance(value, list) else [] if value is None else [value]
    kept = tuple(shape[axis] for axis in sorted(call.axis(axis, len(shape)) for axis in axes))
    if None in kept:
        raise Incompatible("expects a known size along the axes that it normalizes and gets an open one")
    return Signature(shape, () if call.config.get("mean") is not None else _statistics(call, kept))


def _statistics(call: Call, kept: Dims) -> tuple[Weight, ...]:
    count = "int64" if call.semantics.outputs_are_traced else "int32"
    moments = (Weight(name, kept, trainable=False) for name in ("mean", "variance"))
    return (*moments, Weight("count", (), trainable=False, dtype=count))


@layer("Pipeline")
def pipeline(call: Call) -> Signature:
    """Each layer is called on the outputs of the one before. Keras runs the layers, so declared shapes may be wrong."""
    outputs: Structure = call.inputs
    parts: list[tuple[str, Weights]] = []
    works: list[Work] = []
    for role, node in call.children.items():
        signature = call.child(role, outputs)
        works.append(signature.work)
        parts.append((node.name, signature.weights))
        outputs = signature.outputs
        if node.class_name in DECLARED_OTHERWISE:
            outputs = Unknown(f"{node.written_class} in it may return another shape than it declares")
    return Signature(outputs, joined(*parts), together(works))
