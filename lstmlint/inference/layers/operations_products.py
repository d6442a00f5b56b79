"""What operations multiply, and which of them keep no values: tables from rule or name to the work.

An operation does not tell which axis counts the examples. It is taken for the first one of the outputs, where that is
open or as long as the first one of the first tensor; elsewhere the number is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from lstmlint.inference.layers import operations_joining as joining
from lstmlint.inference.layers import operations_windows as windows
from lstmlint.inference.layers import spatial
from lstmlint.inference.layers.call import Undetermined
from lstmlint.inference.layers.operations_operands import Operation, Rule, broadcast, shape_of
from lstmlint.ir.shape import Dim, Dims, Incompatible, Structure, Unknown, is_dims, leaves, product
from lstmlint.ir.work import NO_WORK, SAME_VALUES, Amount, Work, multiplied, unknown_products

ProductRule: TypeAlias = Callable[[Operation, Dims], Iterator[Amount]]

EXAMPLES_UNTOLD = Amount(Unknown("which of its axes counts the examples is not told"))

#: Operations, in Keras and in TensorFlow, that only give their operand another shape.
RESHAPING = frozenset({
    "Copy", "ExpandDims", "Ravel", "Reshape", "Squeeze", "StopGradient",
    "expand_dims", "identity", "reshape", "squeeze", "stop_gradient",
})  # fmt: skip

#: Operations whose algorithms are no fixed number of products, and why.
UNTOLD: Mapping[str, Work] = {
    **dict.fromkeys(
        ("Cholesky", "CholeskyInverse", "Det", "Eig", "Eigh", "Inv", "Logdet", "Lstsq", "LuFactor", "MatrixRank",
         "Pinv", "Qr", "SVD", "Slogdet", "Solve", "SolveTriangular"),
        unknown_products("a decomposition of a matrix is no fixed number of products"),
    ),
    **dict.fromkeys(
        ("FFT", "FFT2", "IFFT2", "IRFFT", "ISTFT", "RFFT", "STFT"),
        unknown_products("its Fourier transform is no matrix product"),
    ),
    **dict.fromkeys(
        ("CDist", "CTCDecode", "CTCLoss", "Corrcoef", "Correlate", "Norm", "Vdot"),
        unknown_products("how many products it takes depends on how it is computed"),
    ),
}  # fmt: skip

#: Values of a Sobel filter: a square for each of two directions.
SOBEL = (3, 3, 2)


def work(name: str, rule: Rule, op: Operation, outputs: Structure) -> Work:
    """The work of an operation.

    Args:
        name: its class, or the function of TensorFlow.
        rule: the rule that told its outputs.
        op: its operands.
        outputs: what it makes.
    """
    if name in UNTOLD:
        return UNTOLD[name]
    if name in RESHAPING:
        return SAME_VALUES
    rule_of_products = BY_NAME.get(name) or BY_RULE.get(rule)
    kept = None if all(_is_batched(op, shape) for shape in leaves(outputs)) else (EXAMPLES_UNTOLD,)
    if rule_of_products is not None and is_dims(outputs):
        return Work(_applied(rule_of_products, op, outputs), kept=kept)
    return NO_WORK if kept is None else Work(kept=kept)


def _applied(rule: ProductRule, op: Operation, outputs: Dims) -> tuple[Amount, ...]:
    try:
        return tuple(rule(op, outputs))
    except (IndexError, TypeError, ValueError, Incompatible, Undetermined):
        return (Amount(Unknown("its operands do not tell what it multiplies")),)


def _is_batched(op: Operation, outputs: Structure) -> bool:
    """Whether the first axis of an output seems to count the examples."""
    if not is_dims(outputs) or not outputs:
        return True
    operands = (shape for operand in op.operands for shape in leaves(operand))
    return outputs[0] is None or outputs[0] == next((shape[0] for shape in operands if is_dims(shape) and shape), None)


def _contracted(op: Operation, outputs: Dims, left: Dims, axes: list[int]) -> Iterator[Amount]:
    """Each output is a sum over some axes of the first operand, which must not be the one of the examples."""
    if 0 in axes or not outputs or not _is_batched(op, outputs):
        yield EXAMPLES_UNTOLD
    else:
        yield Amount(product((*outputs[1:], *(left[axis] for axis in axes))))


def _matrix_product(op: Operation, outputs: Dims) -> Iterator[Amount]:
    last = -2 if op.flag("transpose_a") else -1
    yield from _contracted(op, outputs, op.first, [last % len(op.first)])


def _last_axis(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Numbers only scale."""
    if op.first and op.second:
        yield from _contracted(op, outputs, op.first, [len(op.first) - 1])


def _tensordot(op: Operation, outputs: Dims) -> Iterator[Amount]:
    yield from _contracted(op, outputs, op.first, joining.contracted_axes(op)[0])


def _einsum(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Every combination of two operands' axes, but for those that are summed up before."""
    operands, made = joining.labelled(op)
    if len(operands) < 2:
        return
    if len(operands) > 2:
        yield Amount(Unknown("the order of its products is not told"))
        return
    left, right = operands
    if not made or made[0] not in left or not outputs or not _is_batched(op, outputs):
        yield EXAMPLES_UNTOLD
        return
    lengths = {label: broadcast((left.get(label, ()), right.get(label, ()))) for label in {**left, **right}}
    used = [label for label in lengths if label in made or (label in left and label in right)]
    others = (dim for label in used if label != made[0] for dim in lengths[label])
    yield Amount(product((*lengths[made[0]][1:], *others)))


def _slid(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Every kernel at each position of the output."""
    positions = spatial.split(outputs, windows.channels_first(op))[1]
    for kernel in op.operands[1:]:
        yield multiplied(shape_of(kernel), positions)


def _slid_once(op: Operation, outputs: Dims) -> Iterator[Amount]:
    yield multiplied(op.second, spatial.split(outputs, windows.channels_first(op))[1])


def _stretched(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """The kernel at each position of the input."""
    yield multiplied(op.second, spatial.split(op.first, windows.channels_first(op))[1])


def _attention(op: Operation, outputs: Dims) -> Iterator[Amount]:
    """Each query with each key, and their weights with each value."""
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
    """A window for each value of an image, which may be one of a batch."""
    return Amount(product((*(image if len(image) == 3 else image[1:]), *window)))


#: The products of operations that share the rule for their outputs with others.
BY_NAME: Mapping[str, ProductRule] = {"GaussianBlur": _blur}

#: The products of operations by the rule for their outputs.
BY_RULE: Mapping[Rule, ProductRule] = {
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
