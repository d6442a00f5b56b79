"""Work of operations: tables from rule or name to the products, and the operations that keep no values.

An operation does not state which axis counts the examples. The first axis of the outputs counts as this axis where it
is open or as long as the first axis of the first tensor; elsewhere the number is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from lstmlint.inference.layers import operations_joining as joining
from lstmlint.inference.layers import operations_windows as windows
from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Undetermined
from lstmlint.inference.layers.operations_operands import Operation, ShapeFunction, broadcast, shape_of
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, Unknown, is_dims, leaves, product
from lstmlint.ir.work import NO_WORK, SAME_VALUES, Amount, Work, multiplied, unknown_products

ProductRule: TypeAlias = Callable[[Operation, Dims], Iterator[Amount]]

UNKNOWN_EXAMPLES = Amount(Unknown("it is unknown which of its axes counts the examples"))

#: Operations of Keras and TensorFlow that only reshape their operand.
RESHAPING = frozenset({
    "Copy", "ExpandDims", "Ravel", "Reshape", "Squeeze", "StopGradient",
    "expand_dims", "identity", "reshape", "squeeze", "stop_gradient",
})  # fmt: skip

#: Operations whose number of products is unknown, and the reason.
UNKNOWN_PRODUCTS: Mapping[str, Work] = {
    **dict.fromkeys(
        ("Cholesky", "CholeskyInverse", "Det", "Eig", "Eigh", "Inv", "Logdet", "Lstsq", "LuFactor", "MatrixRank",
         "Pinv", "Qr", "SVD", "Slogdet", "Solve", "SolveTriangular"),
        unknown_products("a decomposition of a matrix has no fixed number of products"),
    ),
    **dict.fromkeys(
        ("FFT", "FFT2", "IFFT2", "IRFFT", "ISTFT", "RFFT", "STFT"),
        unknown_products("its Fourier transform is no matrix product"),
    ),
    **dict.fromkeys(
        ("CDist", "CTCDecode", "CTCLoss", "Corrcoef", "Correlate", "Norm", "Vdot"),
        unknown_products("its number of products depends on the algorithm"),
    ),
}  # fmt: skip

#: Values of a Sobel filter: a square for each of two directions.
SOBEL = (3, 3, 2)


def work(name: str, rule: ShapeFunction, op: Operation, outputs: Structure) -> Work:
    """The work of an operation.

    Args:
        name: the class of the operation, or the function of TensorFlow.
        rule: the rule that gave its outputs.
        op: its operands.
        outputs: the shapes of its outputs.
    """
    if name in UNKNOWN_PRODUCTS:
        return UNKNOWN_PRODUCTS[name]
    if name in RESHAPING:
        return SAME_VALUES
    rule_of_products = BY_NAME.get(name) or BY_RULE.get(rule)
    kept = None if all(_is_batched(op, shape) for shape in leaves(outputs)) else (UNKNOWN_EXAMPLES,)
    if rule_of_products is not None and is_dims(outputs):
        return Work(_applied(rule_of_products, op, outputs), kept=kept)
    return NO_WORK if kept is None else Work(kept=kept)


def _applied(rule: ProductRule, op: Operation, outputs: Dims) -> tuple[Amount, ...]:
    try:
        return tuple(rule(op, outputs))
    except (IndexError, TypeError, ValueError, Incompatible, Undetermined):
        return (Amount(Unknown("its operands do not show what it multiplies")),)


def _is_batched(op: Operation, outputs: Structure) -> bool:
    """Whether the first axis of an output seems to count the examples."""
    if not is_dims(outputs) or not outputs:
        return True
    operands = (shape for operand in op.operands for shape in leaves(operand))
    return outputs[0] is None or outputs[0] == next((shape[0] for shape in operands if is_dims(shape) and shape), None)


def _contracted(op: Operation, outputs: Dims, left: Dims, axes: list[int]) -> Iterator[Amount]:
    """Products where each output is a sum over axes of the first operand; the axis of the examples is none of these."""
    if 0 in axes or not outputs or not _is_batched(op, outputs):
        yield UNKNOWN_EXAMPLES
    else:
        yield Amount(product((*outputs[1:], *(left[axis] for axis in axes))))


def _matrix_product(op: Operation, outputs: Dims) -> Iterator[Amount]:
    last = -2 if op.flag("transpose_a") else -1
    yield from _contracted(op, outputs, op.first, [last % len(op.first)])


def _last_axis(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Products over the last axis of the first operand; a number only scales."""
    if op.first and op.second:
        yield from _contracted(op, outputs, op.first, [len(op.first) - 1])


def _tensordot(op: Operation, outputs: Dims) -> Iterator[Amount]:
    yield from _contracted(op, outputs, op.first, joining.contracted_axes(op)[0])


def _einsum(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Products for every combination of two operands' axes, except axes that are summed up before."""
    operands, made = joining.labelled(op)
    if len(operands) < 2:
        return
    if len(operands) > 2:
        yield Amount(Unknown("the order of its products is unknown"))
        return
    left, right = operands
    if not made or made[0] not in left or not outputs or not _is_batched(op, outputs):
        yield UNKNOWN_EXAMPLES
        return
    lengths = {label: broadcast((left.get(label, ()), right.get(label, ()))) for label in {**left, **right}}
    used = [label for label in lengths if label in made or (label in left and label in right)]
    others = (dim for label in used if label != made[0] for dim in lengths[label])
    yield Amount(product((*lengths[made[0]][1:], *others)))


def _slid(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Products of every kernel at each position of the output."""
    positions = spatial.split(outputs, windows.channels_first(op))[1]
    for kernel in op.operands[1:]:
        yield multiplied(shape_of(kernel), positions)


def _slid_once(op: Operation, outputs: Dims) -> Iterator[Amount]:
    yield multiplied(op.second, spatial.split(outputs, windows.channels_first(op))[1])


def _stretched(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Products of the kernel at each position of the input."""
    yield multiplied(op.second, spatial.split(op.first, windows.channels_first(op))[1])


def _attention(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Products of each query with each key, and of the attention weights with each value."""
    _, steps, *heads_and_size = op.first
    for operand in op.operands[1:3]:
        yield multiplied((shape_of(operand)[1], *heads_and_size), (steps,))


def _gray(op: Operation, outputs: Dims) -> Iterator[Amount]:
    yield _of_image(op.first)


def _edges(op: Operation, outputs: Dims) -> Iterator[Amount]:
    yield _of_image(op.first, *SOBEL)


def _blur(op: Operation, outputs: Dims) -> Iterator[Amount]:
    yield _of_image(op.first, *op.integers("kernel_size"))


def _of_image(image: Dims, *window: Dim) -> Amount:
    """Products of a window for each value of an image, which may be one of a batch."""
    return Amount(product((*(image if len(image) == 3 else image[1:]), *window)))


#: The products of operations that share the rule for their outputs with other operations.
BY_NAME: Mapping[str, ProductRule] = {"GaussianBlur": _blur}

#: The products of operations by the rule for their outputs.
BY_RULE: Mapping[ShapeFunction, ProductRule] = {
    joining.matrix_product: _matrix_product,
    joining.dot: _last_axis,
    joining.inner: _last_axis,
    joining.tensordot: _tensordot,
    joining.einsum: _einsum,
    windows.convolved: _slid_once,
    windows.convolved_depthwise: _slid_once,
    windows.convolved_separably: _slid,
    windows.convolved_transposed: _stretched,
    windows.attention: _attention,
    windows.gray: _gray,
    windows.edges: _edges,
}
