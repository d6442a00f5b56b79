"""Einstein sums: a dense layer whose axes an equation names, such as `abc,cd->abd`."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.layers import lora, quantized
from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.shape import Dim, Dims, Incompatible, Unknown
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import Work, multiplied

#: The forms of an equation, with `0` for `...` (Keras, `layers/core/einsum_dense.py`, `_analyze_einsum_string`).
PLAIN = lazy_pattern("([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)")
LEFT_ELIDED = lazy_pattern("0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)")
RIGHT_ELIDED = lazy_pattern("([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0")


@dataclass(frozen=True, slots=True)
class Equation:
    """The axes of input, kernel and output, one letter each; `elided` axes of the input have no letter."""

    inputs: str
    kernel: str
    outputs: str
    elided: int
    is_left_elided: bool

    @property
    def skipped(self) -> int:
        """The number of axes before the first axis with a letter."""
        return self.elided if self.is_left_elided else 0


@layer("EinsumDense")
def einsum_dense(call: Call) -> Signature:
    """A kernel with the axes of the equation, and a bias over the axes in `bias_axes`.

    Raises:
        Incompatible: the equation, the shapes and the axes of the bias do not fit together.
        Undetermined: the kernel is quantized, and the equation leaves axes out.
    """
    shape = call.shape()
    equation = _equation(call, len(shape))
    if "..." in call.text("equation") and quantized.is_packed(call):
        raise Undetermined("it cannot be quantized with '...' in its equation", is_refusal=True)
    declared = _declared(call, equation, shape)
    given = {letter: shape[at + equation.skipped] for at, letter in enumerate(equation.inputs)}
    made = {letter: _at(declared, at + equation.skipped) for at, letter in enumerate(equation.outputs)}
    _demand_agreement(equation, given, made)
    is_traced = call.semantics.outputs_are_traced
    sizes = {**made, **given} if is_traced else {**given, **made}
    kernel, bias = _weight("kernel", tuple(sizes[letter] for letter in equation.kernel)), _bias(call, equation, made)
    summed = [axis for axis, letter in enumerate(equation.kernel) if letter not in equation.outputs]
    packed = quantized.summed(call, kernel, summed, _scale(equation, kernel.shape, summed))
    outputs = _traced(equation, shape, declared, sizes) if is_traced else declared
    products = multiplied(kernel.shape, _positions(equation, shape)), *lora.factors(call, kernel)
    return Signature(outputs, quantized.kept(call, kernel, tuple(bias), packed), Work(products))


def _equation(call: Call, rank: int) -> Equation:
    text = call.text("equation").replace("...", "0")
    for pattern in (PLAIN, LEFT_ELIDED, RIGHT_ELIDED):
        match = pattern.match(text)
        if match is not None:
            elided = rank - len(match[1])
            if elided < 0 or (elided and pattern is PLAIN and call.semantics.outputs_are_traced):
                raise Incompatible(f"expects an input of rank {len(match[1])} and gets one of rank {rank}")
            return Equation(match[1], match[2], match[3], elided, pattern is LEFT_ELIDED)
    raise Incompatible(f"expects an equation like '...x,xy->...y' and has {call.text('equation')!r}")


def _declared(call: Call, equation: Equation, shape: Dims) -> Dims:
    """The whole output shape: batch, elided axes (Keras reverses them on the left), and the `output_shape`."""
    value = call.config.get("output_shape")
    stated = value if isinstance(value, list) else [value]
    if not all(size is None or isinstance(size, int) for size in stated) or value is None:
        raise Undetermined("its config has no 'output_shape'")
    if equation.is_left_elided:
        return (shape[0], *reversed(shape[1 : equation.elided]), *stated)
    return (shape[0], *stated, *shape[len(shape) - equation.elided :])


def _positions(equation: Equation, shape: Dims) -> Dims:
    """The axes along which the kernel is used again: not the batch, not the kernel's axes, not axes summed before."""
    alone = [letter in equation.outputs and letter not in equation.kernel for letter in equation.inputs]
    lettered = slice(equation.skipped, equation.skipped + len(alone))
    is_position = [True] * len(shape)
    is_position[lettered] = alone
    return tuple(dim for at, dim in enumerate(shape) if at and is_position[at])


def _at(declared: Dims, axis: int) -> Dim:
    if axis >= len(declared):
        raise Incompatible(f"expects an output_shape of {axis} or more axes and has one of {len(declared) - 1}")
    return declared[axis]


def _demand_agreement(equation: Equation, given: dict[str, Dim], made: dict[str, Dim]) -> None:
    """Raises `Incompatible` where an axis has two sizes, or has none."""
    for letter in equation.inputs:
        ours, theirs = given[letter], made.get(letter)
        if theirs is not None and theirs != ours and not isinstance(ours, Unknown):
            raise Incompatible(f"expects axis {letter!r} of size {theirs} and gets {ours}")
    for letter in equation.outputs:
        if letter not in equation.inputs and letter not in equation.kernel:
            raise Incompatible(f"has an axis {letter!r} in its output that neither input nor kernel has")
    for letter in equation.kernel:
        if letter not in equation.inputs and letter not in equation.outputs:
            raise Incompatible(f"has an axis {letter!r} in its kernel that neither input nor output has")


def _traced(equation: Equation, shape: Dims, declared: Dims, sizes: dict[str, Dim]) -> Dims:
    """The output shape of the sum itself; the declared shape only states the lengths of new axes."""
    lettered = tuple(sizes[letter] for letter in equation.outputs)
    if equation.is_left_elided:
        return (*shape[: equation.elided], *lettered)
    return (*lettered, *shape[len(shape) - equation.elided :])


def _bias(call: Call, equation: Equation, made: dict[str, Dim]) -> Iterator[Weight]:
    """The bias, from its first axis to the last axis of the output, with 1 for the axes that it does not name."""
    axes = call.config.get("bias_axes")
    if axes is None:
        return
    if not isinstance(axes, str) or not axes or not set(axes) <= set(equation.outputs):
        raise Incompatible(f"expects bias_axes among {equation.outputs!r} and has {axes!r}")
    first = min(equation.outputs.find(letter) for letter in axes)
    sizes = tuple(made[letter] if letter in axes else 1 for letter in equation.outputs[first:])
    behind = () if equation.is_left_elided else (1,) * equation.elided
    yield _weight("bias", (*sizes, *behind))


def _scale(equation: Equation, kernel: Dims, summed: list[int]) -> Dims:
    """The shape of the scale of a kernel of eight bits: axes in the order of the output, with 1 for summed or new axes.

    A summed axis without a free axis in the output is dropped (Keras, `layers/core/einsum_dense.py`,
    `_analyze_quantization_info` and `_get_kernel_scale_shape`).
    """
    order = [equation.kernel.index(letter) for letter in equation.outputs if letter in equation.kernel]
    free = [at for at, letter in enumerate(equation.outputs) if letter not in equation.kernel]
    dropped: list[int] = []
    position = 0
    for axis in summed:
        if free:
            position = free.pop(0)
        else:
            dropped.append(axis)
        order.insert(position, axis)
    sizes: list[Dim] = [1 if axis in summed else kernel[axis] for axis in order]
    for at in free:
        sizes.insert(at, 1)
    for at in reversed(dropped):
        del sizes[at]
    return tuple(sizes)


def _weight(name: str, shape: Dims) -> Weight:
    if None in shape:
        raise Incompatible(f"needs a {name} with a dimension that is open")
    return Weight(name, shape)
