"""Layers that only Keras 1 and 2 have."""

from __future__ import annotations

from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Unknown
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import Work, multiplied


@layer("TimeDistributedDense")
def time_distributed_dense(call: Call) -> Signature:
    """A dense layer on each timestep of a sequence (Keras 1)."""
    batch, steps, features = call.dims(3)
    units = call.positive("units")
    bias = [Weight("bias", (units,))] if call.flag("use_bias") else []
    kernel = Weight("kernel", (features, units))
    return Signature((batch, steps, units), (kernel, *bias), Work((multiplied(kernel.shape, (steps,)),)))


@layer("MaxoutDense")
def maxout_dense(call: Call) -> Signature:
    """The maximum of `nb_feature` dense layers (Keras 1, and Keras 2 for old models)."""
    batch, features = call.dims(2)
    units, layers = call.positive("units"), call.positive("nb_feature")
    bias = [Weight("bias", (layers, units))] if call.flag("use_bias") else []
    kernel = Weight("kernel", (layers, features, units))
    return Signature((batch, units), (kernel, *bias), Work((multiplied(kernel.shape),)))


@layer("Highway")
def highway(call: Call) -> Signature:
    """A dense layer and a gate that carries the input past it (Keras 1, and Keras 2 for old models)."""
    batch, features = call.dims(2)
    names = ("kernel", "carry_kernel")
    weights = [Weight(name, (features, features)) for name in names]
    work = Work(tuple(multiplied(kernel.shape) for kernel in weights))
    if call.flag("use_bias"):
        weights += [Weight(name, (features,)) for name in ("bias", "carry_bias")]
    return Signature((batch, features), tuple(weights), work)


@layer("Deconvolution2D")
def deconvolution(call: Call) -> Signature:
    """A transposed convolution whose config states the output lengths (Keras 1)."""
    batch, positions, channels = spatial.split(call.dims(4), call.channels_first)
    filters, lengths = call.integer("filters"), _stated_lengths(call)
    kernel = spatial.kernel_shape(call, call.integers("kernel_size", 2), channels, filters)
    bias = [Weight("bias", (filters,))] if call.flag("use_bias") else []
    outputs = spatial.joined(batch, lengths, filters, call.channels_first)
    return Signature(outputs, (Weight("kernel", kernel), *bias), Work((multiplied(kernel, positions),)))


def _stated_lengths(call: Call) -> tuple[int | None, ...]:
    stated = call.config.get("output_shape")
    if not isinstance(stated, list) or len(stated) != 4:
        raise Undetermined("its config has no output_shape of four dimensions")
    lengths = stated[2:] if call.channels_first else stated[1:3]
    if not all(length is None or isinstance(length, int) for length in lengths):
        raise Undetermined("the lengths of its output_shape are no integers")
    return tuple(lengths)


@layer("RandomFourierFeatures")
def random_fourier_features(call: Call) -> Signature:
    """A random projection that is never trained; only its scale may be trained (tf.keras)."""
    batch, features = call.dims(2)
    size = call.positive("output_dim")
    frozen = (Weight("unscaled_kernel", (features, size), trainable=False), Weight("bias", (size,), trainable=False))
    work = Work((multiplied(frozen[0].shape),))
    return Signature((batch, size), (Weight("kernel_scale", (1,)), *frozen), work)


@layer("AddLoss", "AddMetric", weights=False)
def recorded_value(call: Call) -> Signature:
    """A value that a functional model adds to its losses or metrics passes through (tf.keras)."""
    return Signature(call.inputs)


@layer("DenseFeatures")
def dense_features(call: Call) -> Signature:
    """Numeric columns joined on the last axis; other columns of TensorFlow are not read (tf.keras)."""
    columns = call.config.get("feature_columns")
    if not isinstance(columns, list) or not isinstance(call.inputs, dict):
        raise Undetermined("its config has no list of feature columns")
    widths = [_numeric_width(column) for column in columns]
    batches = {shape[0] if isinstance(shape, tuple) and shape else Unknown("its batch is not known")
               for shape in call.inputs.values()}  # fmt: skip
    batch = batches.pop() if len(batches) == 1 else Unknown("its inputs differ in their batches")
    return Signature((batch, sum(widths)))


def _numeric_width(column: object) -> int:
    config = column.get("config") if isinstance(column, dict) and column.get("class_name") == "NumericColumn" else None
    shape = config.get("shape") if isinstance(config, dict) else None
    if not isinstance(shape, list) or not all(isinstance(size, int) for size in shape):
        raise Undetermined("its feature columns are TensorFlow's own; only numeric ones are read")
    width = 1
    for size in shape:
        width *= size
    return width
