"""Functions of TensorFlow as layers of tf.keras 2.4 to 2.15: a table from function name to the rule for its shape.

tf.keras makes a `TFOpLambda` of every function that is called on a layer's output, and a `SlicingOpLambda` of every
index. The config names the function; a call records its first argument and its keyword arguments, and loses the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.dialects.inbound import MIXED_INPUTS
from lstmlint.inference.layers import operations_arrangement as arrangement
from lstmlint.inference.layers import operations_elementwise as elementwise
from lstmlint.inference.layers import operations_indexing as indexing
from lstmlint.inference.layers import operations_joining as joining
from lstmlint.inference.layers import operations_products as products
from lstmlint.inference.layers import operations_windows as windows
from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.inference.layers.operations import applied
from lstmlint.inference.layers.operations_operands import Operation, ShapeFunction, shape_of
from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, Unknown, is_dims


@dataclass(frozen=True, slots=True)
class Functions:
    """Functions with one rule: the names of operands in order, and older names and defaults of settings."""

    rule: ShapeFunction
    parameters: str
    names: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


class Lengths(tuple[Dim, ...]):
    """The shape of a tensor of lengths, as `tf.shape` makes it; it remembers the lengths."""

    lengths: Dims

    @classmethod
    def vector(cls, lengths: Dims) -> Lengths:
        """The shape of a vector of lengths."""
        made = cls((len(lengths),))
        made.lengths = lengths
        return made

    @classmethod
    def scalar(cls, length: Dim) -> Lengths:
        """The shape of a single length."""
        made = cls(())
        made.lengths = (length,)
        return made


def _where(op: Operation) -> Structure:
    """The broadcast of the condition and both choices; without choices, the indices at which it holds."""
    if op.values.get("x") is None and op.values.get("y") is None:
        return (None, len(op.first))
    op.operand(2)
    return elementwise.broadcasted(op)


def _shape(op: Operation) -> Structure:
    return Lengths.vector(op.first)


def _item(op: Operation) -> Structure:
    tensor, key = op.operands[0], op.values.get("key")
    if not isinstance(tensor, Lengths) or len(tensor) != 1:
        return indexing.item(op)
    if isinstance(key, int):
        return Lengths.scalar(tensor.lengths[key])
    bounds = [key.get(name) for name in ("start", "stop", "step")] if isinstance(key, dict) else [key]
    if len(bounds) == 3 and all(bound is None or isinstance(bound, int) for bound in bounds):
        return Lengths.vector(tensor.lengths[slice(*bounds)])
    return indexing.item(op)


def _of_shape(op: Operation) -> Structure:
    """The shape that is the first argument."""
    return _lengths(op.value(MIXED_INPUTS, op.operands[0]))


def _only_first(op: Operation) -> Structure:
    raise Undetermined("the file records only the first of its arguments")


def _reshaped(op: Operation) -> Structure:
    target = list(_lengths(op.values.get("newshape")))
    return arrangement.reshaped(Operation(op.operands, {"newshape": target}, op.prefers_known))


def _broadcast_to(op: Operation) -> Structure:
    return _lengths(op.values.get("shape"))


def _lengths(value: Any) -> Dims:
    """Lengths that are given as numbers and tensors.

    Raises:
        Undetermined: even the number of lengths is unknown.
    """
    if isinstance(value, Lengths):
        return value.lengths
    if isinstance(value, list):
        return tuple(item if isinstance(item, int) else _length(item) for item in value)
    if is_dims(value) and len(value) == 1 and isinstance(value[0], int) and value[0] <= arrangement.MAX_OUTPUTS:
        return (arrangement.DYNAMIC,) * value[0]
    raise Undetermined("its shape depends on values")


def _length(value: Any) -> Dim:
    return value.lengths[0] if isinstance(value, Lengths) and not len(value) else arrangement.DYNAMIC


def _squeezed(op: Operation) -> Structure:
    """The shape without axes of length 1: the named axes, or all where no axis is named or the list is empty."""
    if op.values.get("axis") == []:
        op = Operation(op.operands, {}, op.prefers_known)
    return arrangement.squeezed(op)


def _split(op: Operation) -> Structure:
    """Equal parts, or parts of given sizes; one size may be left open and gets the rest."""
    parts = op.values.get("indices_or_sections")
    if not isinstance(parts, list):
        return arrangement.split(op)
    shape = op.first
    axis = op.axis(len(shape), default=0)
    if not all(isinstance(part, int) for part in parts) or parts.count(-1) > 1:
        raise Undetermined("how it splits depends on values")
    length, known = shape[axis], sum(part for part in parts if part != -1)
    if isinstance(length, int) and (known > length or (known != length and -1 not in parts)):
        raise Incompatible(f"cannot split a length of {length} into parts of {parts}")
    rest = length - known if isinstance(length, int) else length
    return [(*shape[:axis], rest if part == -1 else part, *shape[axis + 1 :]) for part in parts]


def _gathered(op: Operation) -> Structure:
    """The shape of the indices in place of an axis; the operand and the indices share the axes of batches."""
    shape, indices = op.first, shape_of(op.values.get("indices"))
    batches = op.integer("batch_dims", 0)
    axis = op.axis(len(shape), default=batches)
    if batches < 0 or shape[:batches] != indices[:batches]:
        raise Undetermined("it gathers within batches that the file does not make equal")
    return (*shape[:axis], *indices[batches:], *shape[axis + 1 :])


def _part(op: Operation) -> Structure:
    begin, size = op.values.get("begin"), op.values.get("size")
    sizes = list(_lengths(size))
    if not all(isinstance(item, int) for item in sizes):
        raise Undetermined("the size of its slice depends on values")
    return indexing.part(Operation(op.operands, {"shape": sizes, "start_indices": begin}, op.prefers_known))


#: Older names of settings.
AXIS = {
    "reduction_indices": "axis", "keep_dims": "keepdims", "dimension": "axis", "dim": "axis", "squeeze_dims": "axis",
}  # fmt: skip

CHANNELS_LAST = {"data_format": "channels_last"}

#: Every function that lstmlint knows; without a module, it is in one of `MODULES`.
FUNCTIONS = (
    Functions(elementwise.unchanged, "x", """
        abs acos acosh angle argsort asin asinh atan atanh band_part bias_add cast ceil check_numerics clip_by_norm
        clip_by_value conj cos cosh cumprod cumsum digamma dropout elu erf erfc erfinv exp expm1 floor gelu identity
        imag inv is_finite is_inf is_nan invert l2_normalize leaky_relu lgamma log log1p log_sigmoid log_softmax
        logical_not negative ones_like real reciprocal reciprocal_no_nan relu relu6 reverse reverse_sequence rint roll
        round rsqrt saturate_cast selu sigmoid sign silu sin sinh softmax softplus softsign sort sqrt square
        stop_gradient tan tanh zeros_like"""),
    Functions(elementwise.unchanged, "labels logits", "sigmoid_cross_entropy_with_logits"),
    Functions(elementwise.unchanged, "image", """
        image.adjust_brightness image.adjust_contrast image.adjust_gamma image.adjust_hue image.adjust_saturation
        image.flip_left_right image.flip_up_down image.hsv_to_rgb image.per_image_standardization
        image.random_flip_left_right image.random_flip_up_down image.rgb_to_hsv"""),
    Functions(elementwise.broadcasted_pair, "x y", """
        add atan2 bitwise_and bitwise_or bitwise_xor div divide_no_nan eq equal floor_div
        floormod greater greater_equal less less_equal logical_and logical_or maximum minimum multiply
        multiply_no_nan ne not_equal pow realdiv squared_difference subtract truediv truncatediv truncatemod xdivy
        xlog1py xlogy"""),
    Functions(_where, "condition x y", "where"),
    Functions(elementwise.reduced, "x", """
        count_nonzero norm reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean
        reduce_min reduce_prod reduce_std reduce_sum reduce_variance""", AXIS),
    Functions(elementwise.reduced, "x", "argmax argmin", AXIS, {"axis": 0}),
    Functions(elementwise.scalar, "x", "rank size"),
    Functions(_shape, "x", "shape"),
    Functions(_item, "x", "getitem", {"slice_spec": "key"}),
    Functions(_of_shape, "shape", "random.normal random.truncated_normal random.uniform zeros ones fill"),
    Functions(_reshaped, "x", "reshape", {"shape": "newshape"}),
    Functions(_broadcast_to, "x", "broadcast_to"),
    Functions(_squeezed, "x", "squeeze", AXIS),
    Functions(_split, "x", "split", {"num_or_size_splits": "indices_or_sections"}, {"axis": 0}),
    Functions(_gathered, "params indices", "gather"),
    Functions(_gathered, "params indices", "embedding_lookup", {"ids": "indices"}),
    Functions(_part, "x", "slice"),
    Functions(arrangement.expanded, "x", "expand_dims", AXIS),
    Functions(arrangement.transposed, "x", "transpose", {"perm": "axes"}),
    Functions(arrangement.tiled, "x", "tile", {"multiples": "repeats"}),
    Functions(arrangement.repeated, "x", "repeat"),
    Functions(arrangement.padded, "x", "pad", {"paddings": "pad_width"}),
    Functions(arrangement.one_hot, "x", "one_hot", {"depth": "num_classes"}),
    Functions(arrangement.top_of_last, "x", "top_k"),
    Functions(arrangement.unstacked, "x", "unstack"),
    Functions(joining.concatenated, "xs", "concat"),
    Functions(joining.stacked, "xs", "stack"),
    Functions(joining.added, "xs", "add_n"),
    Functions(joining.matrix_product, "x1 x2", "matmul",
              {"b": "x2", "adjoint_a": "transpose_a", "adjoint_b": "transpose_b"}),
    Functions(joining.tensordot, "x1 x2", "tensordot", {"b": "x2"}),
    Functions(windows.resized, "images", "image.resize image.resize_bilinear image.resize_nearest_neighbor"),
    Functions(windows.gray, "images", "image.rgb_to_grayscale"),
    Functions(windows.depth_to_space, "x", "depth_to_space", {}, CHANNELS_LAST),
    Functions(windows.space_to_depth, "x", "space_to_depth", {}, CHANNELS_LAST),
    Functions(_only_first, "x", "einsum meshgrid"),
    Functions(elementwise.depends_on_values, "x", "boolean_mask dynamic_partition range sequence_mask unique"),
)  # fmt: skip

#: The functions by name.
BY_NAME: Mapping[str, Functions] = {name: functions for functions in FUNCTIONS for name in functions.names.split()}

#: Modules of TensorFlow in which functions of one name do the same.
MODULES = frozenset({"", "__operators__", "bitwise", "compat.v1", "debugging", "dtypes", "linalg", "math", "nn"})


@layer("TFOpLambda", "SlicingOpLambda", weights=False)
def tensorflow_function(call: Call) -> Signature:
    """The outputs and the work of a function of TensorFlow."""
    name = call.text("function")
    functions = _functions(name)
    if functions is None:
        raise Undetermined(f"{name} is not a function of TensorFlow that lstmlint knows")
    if isinstance(call.inputs, Unknown):
        raise Undetermined(call.inputs.reason)
    given = {functions.renamed.get(key, key): value for key, value in call.arguments.items() if value is not None}
    parameters = functions.parameters.split()
    rest = tuple(given[parameter] for parameter in parameters[1:] if parameter in given)
    op = Operation((call.inputs, *rest), {**functions.defaults, **given}, call.semantics.merge_prefers_known)
    outputs = applied(functions.rule, op)
    return Signature(outputs, (), products.work(name.rpartition(".")[2], functions.rule, op, outputs))


@layer("ClassMethod", "InstanceMethod", "InstanceProperty", weights=False)
def tensor_attribute(call: Call) -> Signature:
    """Attributes of ragged and sparse tensors, whose shapes a file does not state.

    Raises:
        Undetermined: always.
    """
    raise Undetermined("it is an attribute of a tensor that is ragged or sparse")


def _functions(name: str) -> Functions | None:
    module, _, function = name.rpartition(".")
    if name.removeprefix("compat.v1.") in BY_NAME:
        return BY_NAME[name.removeprefix("compat.v1.")]
    return BY_NAME.get(function) if module.removeprefix("compat.v1.") in MODULES else None
