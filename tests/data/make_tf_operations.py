"""Write models of TensorFlow functions as tf.keras 2.15 writes them, and the shapes that it states:
`tf_operations.json`, and `tensor_attributes.json` for attributes and methods of ragged and sparse tensors.

Run with tf.keras 2.15: `python tests/data/make_tf_operations.py`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy

tf: Any = importlib.import_module("tensorflow")
keras: Any = tf.keras
K: Any = keras.backend

#: Shapes of the inputs by name.
INPUTS = {
    "x": (None, 4, 6), "y": (None, 4, 6), "n": (None, None, 6), "f": (2, 3, 4), "o": (None, 1, 6), "v": (None, 6),
    "i": (None, 5), "m": (None, 8, 6, 4),
}  # fmt: skip

UNARY = """
    math.abs math.exp math.log math.sqrt math.square math.negative math.sigmoid math.tanh math.sign math.floor
    math.reciprocal math.rsqrt math.softplus math.erf nn.relu nn.relu6 nn.elu nn.selu nn.gelu nn.silu nn.leaky_relu
    nn.softmax nn.log_softmax nn.softsign identity stop_gradient zeros_like ones_like math.cumsum math.l2_normalize
    math.sin math.cos round math.is_nan sort argsort shape size rank math.reduce_sum math.argmax squeeze
    transpose where math.acos math.acosh math.angle math.asin math.asinh math.atan math.atanh math.ceil math.conj
    math.cosh math.cumprod math.digamma math.erfc math.erfinv math.expm1 math.imag math.is_finite math.is_inf
    math.lgamma math.log1p math.log_sigmoid math.real math.reciprocal_no_nan math.reduce_euclidean_norm
    math.reduce_min math.rint math.sinh math.tan nn.swish
"""

BINARY = """
    math.add math.subtract math.multiply math.divide math.truediv math.pow math.maximum math.minimum math.greater
    math.greater_equal math.less math.less_equal math.equal math.not_equal math.squared_difference math.floormod
    math.floordiv math.divide_no_nan math.atan2 math.mod math.multiply_no_nan math.xdivy math.xlog1py math.xlogy
    realdiv truncatediv truncatemod
"""

EXPRESSIONS = """
    2.0 * x|x + y|x - 1|1 - x|x / y|x ** 2|-x|abs(x)|x > 0|x @ tf.transpose(y, [0, 2, 1])|x + numpy.ones((6,), "float32")
    numpy.ones((4, 1), "float32") * v[:, None, :]|x == y|x != y|x // 2.0|x % 2.0|~(x > 0)|(x > 0) & (y > 0)
    x[:, 0]|x[..., 0]|x[:, -1, :]|n[:, -1, :]|n[:, 1:3]|n[:, :-1]|n[:, 1:]|n[:, ::2]|x[:, 1:3]|x[:, ::2]|x[:, :, None]
    x[None]|x[0]|x[:2]|x[:, -3:]|x[..., None, 2:]|f[1]|f[:, 1, 2:]|f[:, 5:]|x[:, ::-1]|x[:, tf.shape(n)[1] - 1]
    x[:, :tf.shape(n)[1]]
    tf.concat([x, y], -1)|tf.concat([x, n], 1)|tf.concat([x, n], 2)|tf.concat([n, x], -1)|tf.concat([f, f, f], 0)
    tf.concat([x, numpy.ones((1, 4, 6), "float32")], 0)|K.concatenate([x, y], axis=1)
    tf.stack([x, y])|tf.stack([x, n], 1)|tf.stack([n, x], axis=-1)|tf.stack([v, v], 2)|tf.unstack(x, axis=1)[0]
    tf.unstack(f)[0]|tf.add_n([x, y])|tf.math.add_n([n, x])
    tf.split(x, 3, -1)[0]|tf.split(x, 2, axis=1)[1]|tf.split(x, [2, 4], -1)[1]|tf.split(x, [1, -1], axis=1)[0]
    tf.split(n, [2, -1], 1)[0]|tf.split(f, 2)[0]|tf.split(n, 2, axis=1)[0]
    tf.reduce_mean(x, 1)|tf.reduce_mean(x, axis=[1, 2])|tf.reduce_sum(x, -1, keepdims=True)|tf.reduce_max(n, axis=1)
    tf.reduce_any(x > 0, 0)|tf.reduce_logsumexp(x, axis=-1)|tf.math.reduce_std(x, axis=1)|tf.reduce_prod(x, axis=[])
    tf.math.reduce_variance(x, [0, -1], True)|tf.math.count_nonzero(x, axis=1)|K.mean(x, axis=1)|K.sum(x, axis=-1)
    K.mean(x, axis=[1, 2], keepdims=True)|K.max(x, axis=1)|K.std(x, axis=1)|tf.norm(x)|tf.norm(x, axis=-1)
    tf.norm(x, axis=1, keepdims=True)|tf.argmax(x, -1)|tf.argmax(x)|tf.argmin(x, axis=1)|tf.nn.moments(x, [1])[0]
    tf.nn.moments(x, [1, 2], keepdims=True)[1]|K.argmax(x)|tf.math.argmax(f, axis=1)
    tf.reshape(x, [-1, 24])|tf.reshape(x, [-1])|tf.reshape(x, [-1, 2, 2, 6])|tf.reshape(n, [-1, 6])|tf.reshape(f, [6, -1])
    tf.reshape(x, [tf.shape(x)[0], 24])|tf.reshape(x, [tf.shape(x)[0], -1])|tf.reshape(x, [-1, tf.shape(x)[1], 3, 2])
    tf.reshape(f, [tf.shape(f)[0], -1])|tf.reshape(n, tf.shape(x))|tf.reshape(n, [-1, tf.shape(n)[1] * 6])
    tf.reshape(x, tf.concat([tf.shape(x)[:1], [24]], 0))|K.reshape(x, (-1, 6))|K.flatten(x)|K.batch_flatten(x)
    tf.transpose(x)|tf.transpose(x, [0, 2, 1])|tf.transpose(x, perm=[2, 0, 1])|K.permute_dimensions(x, (0, 2, 1))
    tf.expand_dims(x, 1)|tf.expand_dims(x, -1)|tf.expand_dims(x, axis=0)|K.expand_dims(x, 1)|tf.squeeze(o, 1)
    tf.squeeze(o, [1])|K.squeeze(o, 1)|tf.squeeze(x)|tf.squeeze(n, 1)|tf.squeeze(f[:, :1])
    tf.tile(x, [1, 2, 3])|tf.repeat(x, 2, axis=1)|tf.repeat(x, [1, 2, 3, 4], 1)|K.repeat_elements(x, 2, axis=1)
    K.repeat(v, 3)|K.tile(x, [1, 2, 1])|tf.pad(x, [[0, 0], [1, 1], [2, 0]])|K.temporal_padding(x)
    tf.broadcast_to(v[:, None], [3, 4, 6])|tf.broadcast_to(o, tf.shape(x))|tf.roll(x, 1, axis=1)|tf.reverse(x, [1])
    tf.one_hot(i, 7)|tf.one_hot(i, depth=7, axis=1)|tf.gather(x, [0, 2], axis=1)|tf.gather(x, 1, axis=-1)
    tf.gather(numpy.ones((9, 3), "float32"), i)|tf.gather(f, i)|tf.gather(x, i, axis=1, batch_dims=1)|tf.gather(n, i, batch_dims=1)|K.one_hot(i, 4)
    tf.nn.embedding_lookup(numpy.ones((9, 3), "float32"), i)|tf.gather(x, [[0], [1]], axis=1)
    tf.where(x > 0, x, y)|tf.where(x > 0, x, 0.0)|tf.where(x > 0)|tf.where(o > 0, x, 1.0)|K.switch(x > 0, x, y)
    tf.cast(x, "float16")|tf.cast(i, tf.float32)|tf.clip_by_value(x, 0.0, 1.0)|K.clip(x, 0, 1)|K.cast(x, "int32")
    tf.nn.l2_normalize(x, axis=-1)|K.l2_normalize(x, axis=1)|tf.nn.dropout(x, 0.5)|tf.nn.top_k(x, 2)[0]
    tf.math.top_k(x, k=3)[1]|tf.math.softmax(x, axis=1)|K.softmax(x)|K.relu(x, alpha=0.1)|K.sigmoid(x)|K.exp(x)
    tf.matmul(x, y, transpose_b=True)|tf.matmul(x, y, transpose_a=True)|tf.matmul(n, tf.transpose(x, [0, 2, 1]))
    tf.matmul(v, numpy.ones((6, 3), "float32"))|tf.linalg.matmul(m, m, transpose_b=True)|K.batch_dot(x, y, axes=2)
    K.batch_dot(x, y, axes=[1, 1])|K.dot(x, K.constant(numpy.ones((6, 3))))|tf.tensordot(x, y, [[2], [2]])
    tf.tensordot(x, numpy.ones((6, 3), "float32"), 1)|tf.tensordot(x, y, axes=[[1, 2], [1, 2]])
    tf.einsum("btf,bsf->bts", x, y)|tf.image.resize(m, [4, 5])|tf.image.resize(m, (16, 12), method="nearest")
    tf.compat.v1.image.resize_bilinear(m, [3, 3])|tf.image.rgb_to_grayscale(m[..., :3])|tf.image.flip_left_right(m)
    K.resize_images(m, 2, 2, "channels_last")|tf.nn.depth_to_space(m, 2)|tf.nn.space_to_depth(m, 2)
    tf.slice(x, [0, 1, 0], [-1, 2, -1])|tf.slice(f, [0, 1, 0], [1, -1, 2])|tf.slice(n, [0, 0, 1], [2, 3, -1])
    tf.strided_slice(x, [0, 1], [2, 3])|tf.shape(x)[1]|tf.shape(f)[1:]|tf.zeros_like(x)|tf.ones_like(n)
    tf.random.normal(tf.shape(x))|x + tf.random.normal(tf.shape(x))|tf.random.uniform([tf.shape(x)[0], 3])
    K.random_normal((K.shape(x)[0], 5))|tf.zeros([tf.shape(x)[0], 4])|tf.ones(tf.shape(f))|tf.fill([tf.shape(x)[0], 2], 1.0)
    tf.range(tf.shape(x)[1])|tf.sequence_mask(i)|tf.boolean_mask(f, f > 0)|tf.linalg.band_part(x, -1, 0)|tf.eye(tf.shape(x)[1])
    tf.signal.fft(tf.cast(x, tf.complex64))|tf.nn.conv1d(x, numpy.ones((2, 6, 3), "float32"), 1, "SAME")
    tf.math.multiply(x, o)|tf.math.add(o, n)|tf.math.add(x, v[:, None])|tf.math.subtract(n, x)|tf.maximum(f, 0.0)
    tf.nn.bias_add(x, numpy.ones((6,), "float32"))|tf.bitwise.bitwise_and(i, i)|tf.bitwise.bitwise_or(i, 1)
    tf.bitwise.bitwise_xor(i, i)|tf.bitwise.invert(i)|tf.debugging.check_numerics(x, "x")|tf.clip_by_norm(x, 1.0)
    tf.compat.v1.div(x, 2.0)|tf.compat.v1.div_no_nan(x, y)|tf.image.adjust_brightness(m, 0.1)|tf.linalg.inv(f[:, :, :3])
    tf.image.adjust_contrast(m, 0.1)|tf.image.adjust_gamma(m)|tf.image.adjust_hue(m[..., :3], 0.1)
    tf.image.adjust_saturation(m[..., :3], 2.0)|tf.image.flip_up_down(m)|tf.image.hsv_to_rgb(m[..., :3])
    tf.image.rgb_to_hsv(m[..., :3])|tf.image.per_image_standardization(m)|tf.image.random_brightness(m, 0.1)
    tf.image.random_contrast(m, 0.1, 0.2)|tf.image.random_flip_left_right(m)|tf.image.random_flip_up_down(m)
    tf.compat.v1.image.resize_nearest_neighbor(m, [3, 3])|tf.math.logical_or(x > 0, y > 0)
    tf.math.logical_xor(x > 0, y > 0)|tf.meshgrid(i, i)|tf.random.truncated_normal([tf.shape(x)[0], 3])
    tf.math.reduce_all(x > 0, 1)|tf.reverse_sequence(x, tf.cast(i[:, 0], "int32"), 1)|tf.saturate_cast(x, "int32")
    tf.unique(tf.reshape(x, [-1]))|tf.compat.v1.where(x > 0, x, y)|tf.dynamic_partition(x, tf.cast(x, "int32"), 2)
    tf.math.cumsum(x, axis=1)|tf.reduce_sum(x, [1], True)|tf.compat.v1.reduce_sum(x, reduction_indices=1, keep_dims=True)
    tf.compat.v1.squeeze(o, squeeze_dims=[1])|tf.compat.v1.expand_dims(x, dim=1)|tf.matmul(f, f, adjoint_b=True)
    tf.random.normal(shape=[tf.shape(x)[0], 5])|x[:, :, 0] + tf.random.normal(shape=(tf.shape(x)[0], 4))
    tf.keras.activations.relu(x)|keras.activations.softmax(x)|tf.nn.sigmoid_cross_entropy_with_logits(x, y)
"""  # noqa: E501


#: Attributes, methods and class methods, of a ragged tensor `r`, a sparse one `s` and a dense one `x`.
ATTRIBUTES = """
    r.values|r.flat_values|r.row_splits|r.row_lengths()|r.nrows()|r.bounding_shape()|r.value_rowids()|r.to_tensor()
    s.values|s.indices|s.dense_shape|s.with_values(s.values * 2.0).values|tf.RaggedTensor.from_tensor(x)
    tf.RaggedTensor.from_tensor(x).to_tensor()|x.shape[1] * tf.reduce_sum(x, 1)|x.get_shape()[1] + x
    keras.layers.LSTM(3)(r.to_tensor())|keras.layers.Dense(2)(r.to_tensor())|tf.reduce_mean(r.to_tensor(), 1)
    keras.layers.LSTM(3)(tf.RaggedTensor.from_tensor(x).to_tensor())|keras.layers.Dense(2)(r.flat_values)
"""


def attribute_model(expression: str) -> Any:
    """The model of an expression with attributes of tensors."""
    K.clear_session()
    r = keras.Input((None, 6), ragged=True, name="r")
    s = keras.Input((6,), sparse=True, name="s")
    x = keras.Input((4, 6), name="x")
    output = eval(expression, {"tf": tf, "keras": keras, "r": r, "s": s, "x": x})
    return keras.Model(keras.utils.get_source_inputs(output), output)


def write_attributes() -> None:
    cases = []
    for expression in (part.strip() for line in ATTRIBUTES.strip().splitlines() for part in line.split("|")):
        model = attribute_model(expression)
        said = {layer.name: shapes(layer.output) for layer in model.layers}
        cases.append({"expression": expression, "model": json.loads(model.to_json()), "outputs": said})
    lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in cases)
    Path(__file__).with_name("tensor_attributes.json").write_text(f"[\n{lines}\n]\n")


def expressions() -> Iterator[str]:
    """The expressions, each a function of the inputs."""
    for name in UNARY.split():
        yield f"tf.{name}(n), tf.{name}(f)"
    for name in BINARY.split():
        yield f"tf.{name}(x, y), tf.{name}(n, x), tf.{name}(x, o), tf.{name}(2.0, x)"
    for line in EXPRESSIONS.strip().splitlines():
        yield from (part.strip() for part in line.split("|"))


def case(expression: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The config of the model of an expression but for its inputs, and what Keras says of each layer's outputs."""
    K.clear_session()
    inputs = {name: keras.Input(batch_shape=shape, name=name) for name, shape in INPUTS.items()}
    inputs["i"] = keras.Input(batch_shape=INPUTS["i"], dtype="int32", name="i")
    output = eval(expression, {"tf": tf, "K": K, "keras": keras, "numpy": numpy, **inputs})
    sources = [keras.utils.get_source_inputs(tensor) for tensor in tf.nest.flatten(output)]
    model = keras.Model(list({id(tensor): tensor for found in sources for tensor in found}.values()), output)
    config = json.loads(model.to_json())["config"]
    layers = [slim(layer) for layer in config["layers"] if layer["class_name"] != "InputLayer"]
    said = {layer.name: shapes(layer.output) for layer in model.layers if "Lambda" in type(layer).__name__}
    return {"layers": layers, "output_layers": config["output_layers"]}, said


def slim(layer: dict[str, Any]) -> dict[str, Any]:
    """A layer without what says nothing of its shape."""
    config = {key: value for key, value in layer["config"].items() if key == "function"}
    return {key: layer[key] for key in ("class_name", "name", "inbound_nodes")} | {"config": config}


def shapes(output: Any) -> list[Any]:
    """The shapes of the tensors of an output."""
    tensors = tf.nest.flatten(output)
    return [None if tensor.shape.rank is None else tensor.shape.as_list() for tensor in tensors]


def main() -> None:
    cases: dict[str, Any] = {}
    for expression in expressions():
        try:
            cases[expression] = case(expression)
        except Exception as refusal:  # TensorFlow refuses with whatever it likes
            print("left out:", expression, str(refusal).splitlines()[0][:100])
    versions = {"tensorflow": tf.__version__, "keras": importlib.import_module("keras").__version__}
    made = [{"expression": key, "config": config, "outputs": said} for key, (config, said) in cases.items()]
    lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in made)
    text = f'{{"versions":{json.dumps(versions)},"inputs":{json.dumps(INPUTS)},"cases":[\n{lines}\n]}}\n'
    Path(__file__).with_name("tf_operations.json").write_text(text)
    write_attributes()
    print(len(cases), "cases,", len(text), "bytes")


if __name__ == "__main__":
    main()
