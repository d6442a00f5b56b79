"""Inputs, dense and embedding layers, masks, activations, and layers that only rearrange their input."""

from __future__ import annotations

import math
from typing import Any

from lstmlint.dialects.build import SHAPE_INSIDE
from lstmlint.inference.layers import lora, quantized
from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dim, Dims, Incompatible, Unknown, combine, first, is_dims, product, shape_from_json
from lstmlint.ir.weight import Weight, Weights
from lstmlint.ir.work import SAME_VALUES, Work, multiplied, unknown_work


@layer("InputLayer", weights=False)
def input_layer(call: Call) -> Signature:
    """The recorded shape, or the shape that a call of the model gives."""
    if call.inputs:
        return Signature(call.inputs)
    shape = shape_from_json(call.config.get("batch_shape"))
    if shape is None:
        raise Undetermined(_without_shape(call.config.get(SHAPE_INSIDE)))
    return Signature(shape)


def _without_shape(inside: Any) -> str:
    """Why an input has no shape; a wrapped layer with one and its wrapper are named, where there are any."""
    if not inside:
        return "the file records no input shape"
    layer, wrapper = inside
    where = f"on '{layer}' inside '{wrapper}', where Keras does not read it"
    return f"the input shape stands {where}: it belongs on '{wrapper}'"


@layer("Dense")
def dense(call: Call) -> Signature:
    """Kernel `(features, units)`, bias `(units,)`; works on the last axis.

    Raises:
        Incompatible: the input has no axis besides the batch.
    """
    shape, units = call.tensor(), call.positive("units")
    if isinstance(shape, Unknown):
        return Signature(shape, _dense_weights(call, _dense_kernel(shape, units)), unknown_work(shape))
    if len(shape) < 2:
        raise Incompatible(f"expects an input of rank 2 or more and gets one of rank {len(shape)}")
    kernel = _dense_kernel(shape[-1], units)
    work = Work((multiplied(kernel.shape, shape[1:-1]), *lora.factors(call, kernel)))
    return Signature((*shape[:-1], units), _dense_weights(call, kernel), work)


def _dense_kernel(features: Dim, units: int) -> Weight:
    return Weight("kernel", (features, units))


def _dense_weights(call: Call, kernel: Weight) -> Weights:
    units = kernel.shape[1:]
    bias = [Weight("bias", units)] if call.flag("use_bias") else []
    return quantized.kept(call, kernel, bias, quantized.summed(call, kernel, (0,), units))


@layer("Embedding")
def embedding(call: Call) -> Signature:
    """A table `(input_dim, output_dim)`; every index of the input becomes a row of the table.

    Raises:
        Undetermined: its quantization mode does not exist for a table.
    """
    width, table = call.integer("output_dim"), _table(call)
    weights = quantized.kept(call, table, (), quantized.looked_up(table))
    shape, work = call.tensor(), Work(lora.factors(call, table))
    if isinstance(shape, Unknown):
        return Signature(shape, weights, work)
    return Signature((*_with_input_length(call, shape), width), weights, work)


@layer("ReversibleEmbedding")
def reversible_embedding(call: Call) -> Signature:
    """An embedding; `reverse` turns rows back into scores of indices, by a second table unless weights are tied.

    Raises:
        Undetermined: its quantization mode does not exist for a table.
    """
    size, width, table = call.integer("input_dim"), call.integer("output_dim"), _table(call)
    weights = quantized.kept(call, table, (), quantized.looked_up(table))
    if not call.flag("tie_weights") and not isinstance(weights, Unknown):
        back = Weight("reverse_embeddings", (width, size))
        quantization = call.quantization
        weights = (*weights, *(quantized.turned_back(back, quantization) if quantization else [back]))
    shape, products = call.tensor(), lora.factors(call, table)
    if not call.arguments.get("reverse"):
        outputs = shape if isinstance(shape, Unknown) else (*shape, width)
        return Signature(outputs, weights, Work(products))
    if isinstance(shape, Unknown):
        return Signature(shape, weights, unknown_work(shape))
    return Signature((*shape[:-1], size), weights, Work((*products, multiplied((size, width), shape[1:-1]))))


def _table(call: Call) -> Weight:
    quantized.demand_packed(call)
    return Weight("embeddings", (call.integer("input_dim"), call.integer("output_dim")))


def _with_input_length(call: Call, shape: Dims) -> Dims:
    """The input shape with the lengths that Keras 1 and 2 take from `input_length`."""
    lengths = call.config.get("input_length")
    if lengths is None or not call.semantics.embedding_input_length:
        return shape
    lengths = lengths if isinstance(lengths, list) else [lengths]
    if len(lengths) != len(shape) - 1:
        raise Incompatible(f"has input_length {lengths} for an input of rank {len(shape)}")
    for stated, dim in zip(lengths, shape[1:], strict=True):
        if isinstance(stated, int) and isinstance(dim, int) and stated != dim:
            raise Incompatible(f"has input_length {stated} and gets sequences of {dim}")
    return (shape[0], *map(_stated_length, lengths, shape[1:]))


def _stated_length(stated: Any, dim: Dim) -> Dim:
    """The length that a layer states, where its input leaves it open."""
    if dim is not None or stated is None:
        return dim
    return stated if isinstance(stated, int) else Unknown(f"its input_length {stated!r} is no integer")


@layer("Masking", "Activation", weights=False)
def unchanged(call: Call) -> Signature:
    """The output has the shape of the input."""
    return Signature(call.inputs)


@layer("Identity", weights=False)
def identity(call: Call) -> Signature:
    """The output is the input."""
    return Signature(call.inputs, (), SAME_VALUES)


@layer("Lambda", weights=False)
def lambda_layer(call: Call) -> Signature:
    """The recorded output shape, behind the batch of the first input; the code of a Lambda is never run.

    Raises:
        Undetermined: the file records no output shape.
    """
    shape = shape_from_json(call.config.get("output_shape"))
    if shape is None or isinstance(shape, Unknown):
        raise Undetermined("a Lambda's code is not run and the file records no output_shape")
    inputs = first(call.inputs)
    batch = inputs[0] if is_dims(inputs) and inputs else Unknown("it is the batch of a Lambda")
    return Signature((batch, *shape), (), unknown_work(Unknown("a Lambda's code is not run")))


@layer("Flatten", weights=False)
def flatten(call: Call) -> Signature:
    """All axes but the batch become one."""
    shape = _batched(call.shape())
    return Signature((shape[0], product(shape[1:])), (), SAME_VALUES)


@layer("Reshape", weights=False)
def reshape(call: Call) -> Signature:
    """The target shape behind the batch; a `-1` takes the rest of the size.

    Raises:
        Incompatible: the sizes before and after differ.
    """
    target = call.config.get("target_shape")
    if not isinstance(target, list) or not all(isinstance(size, int) for size in target):
        raise Undetermined("its config has no list of integers 'target_shape'")
    shape = call.tensor()
    if isinstance(shape, Unknown):
        return Signature((shape, *(shape if size == -1 else size for size in target)), (), SAME_VALUES)
    shape = _batched(shape)
    return Signature((shape[0], *_filled(target, product(shape[1:]))), (), SAME_VALUES)


def _batched(shape: Dims) -> Dims:
    if not shape:
        raise Incompatible("expects an input with a batch dimension and gets a single number")
    return shape


def _filled(target: list[int], size: Dim) -> Dims:
    known = math.prod(item for item in target if item != -1)
    if -1 not in target:
        if isinstance(size, int) and known != size:
            raise Incompatible(f"cannot turn {size} values of a sample into {tuple(target)}")
        return tuple(target)
    if isinstance(size, int) and (not known or size % known):
        raise Incompatible(f"cannot turn {size} values of a sample into {tuple(target)}")
    rest = combine(lambda total: total // known, size) if known else Unknown("its target_shape holds a zero")
    return tuple(rest if item == -1 else item for item in target)


@layer("Permute", weights=False)
def permute(call: Call) -> Signature:
    """The axes behind the batch get another order; `dims` counts them from 1."""
    dims = call.config.get("dims")
    if not isinstance(dims, list) or not all(isinstance(axis, int) for axis in dims):
        raise Undetermined("its config has no order of axes 'dims'")
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise Undetermined(f"its dims {dims} are no order of all axes from 1 on", is_refusal=True)
    shape = call.dims(len(dims) + 1)
    return Signature((shape[0], *(shape[axis] for axis in dims)))


@layer("RepeatVector", weights=False)
def repeat_vector(call: Call) -> Signature:
    """A vector `(batch, features)` becomes a sequence of `n` times itself."""
    batch, features = call.dims(2)
    return Signature((batch, call.integer("n"), features))
