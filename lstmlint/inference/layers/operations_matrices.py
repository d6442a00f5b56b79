"""Rules for operations on signals and on matrices."""

from __future__ import annotations

from lstmlint.inference.layers.operations_operands import Operation
from lstmlint.ir.shape import Dim, Structure, combine


def frames(op: Operation) -> Structure:
    """The overlapping frames of a signal."""
    size, stride = op.integer("sequence_length"), op.integer("sequence_stride")
    return (*op.first[:-1], combine(lambda known: 1 + (known - size) // stride, op.first[-1]), size)


def spectrum(op: Operation) -> Structure:
    """One more than half of the frequencies, as real and imaginary part."""
    length = op.value("fft_length", op.first[-1])
    made = (*op.first[:-1], combine(lambda known: known // 2 + 1, length))
    return [made, made]


def signal(op: Operation) -> Structure:
    """The signal of a spectrum."""
    shape = op.tensors()[0]
    length = op.values.get("fft_length")
    return (*shape[:-1], combine(lambda known: 2 * (known - 1), shape[-1]) if length is None else length)


def spectrogram(op: Operation) -> Structure:
    """A spectrum for each frame, as real and imaginary part."""
    size, stride = op.integer("fft_length"), op.integer("sequence_stride")
    around = size // 2 * 2 if op.flag("center") else 0
    count = combine(lambda known: 1 + (known + around - size) // stride, op.first[-1])
    made = (*op.first[:-1], count, size // 2 + 1)
    return [made, made]


def signal_of_frames(op: Operation) -> Structure:
    """The signal of a spectrogram."""
    shape = op.tensors()[0]
    size, stride = op.integer("fft_length"), op.integer("sequence_stride")
    around = size // 2 * 2 if op.flag("center") else 0
    length = op.values.get("length")
    made = combine(lambda known: (known - 1) * stride + size - around, shape[-2]) if length is None else length
    return (*shape[:-2], made)


def both(op: Operation) -> Structure:
    """The shapes of the two operands."""
    shapes = op.tensors()
    return [shapes[0], shapes[1 % len(shapes)]]


def one_for_each_matrix(op: Operation) -> Structure:
    """The operand without its last two axes."""
    return op.first[:-2]


def sign_and_logarithm(op: Operation) -> Structure:
    """The sign, and a logarithm for each matrix, as Keras states them."""
    return [(), op.first[:-2]]


def eigen(op: Operation) -> Structure:
    """Eigenvalues and eigenvectors."""
    return [op.first[:-1], op.first]


def pseudo_inverse(op: Operation) -> Structure:
    """The shape with rows and columns exchanged."""
    *batch, rows, columns = op.first
    return (*batch, columns, rows)


def triangles(op: Operation) -> Structure:
    """The factors of each matrix in one matrix, and the pivots."""
    return [op.first, (*op.first[:-2], _shorter(op))]


def orthogonal_triangular(op: Operation) -> Structure:
    """An orthogonal matrix and a triangular one."""
    *batch, rows, columns = op.first
    kept = _shorter(op) if op.value("mode", "reduced") == "reduced" else rows
    return [(*batch, rows, kept), (*batch, kept, columns)]


def singular_values(op: Operation) -> Structure:
    """The singular values, between the two matrices if these are computed as well."""
    *batch, rows, columns = op.first
    kept = _shorter(op)
    values = (*batch, kept)
    if not op.flag("compute_uv"):
        return values
    if op.flag("full_matrices"):
        return [(*batch, rows, rows), values, (*batch, columns, columns)]
    return [(*batch, rows, kept), values, (*batch, kept, columns)]


def _shorter(op: Operation) -> Dim:
    return combine(min, *op.first[-2:])


def least_squares(op: Operation) -> Structure:
    """A solution for each column of the second operand."""
    return (op.first[1], *op.second[1:])
