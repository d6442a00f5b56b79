"""The operations of `keras.ops` as nodes of a model: a table from class name to the rule for its shape.

The rules are in the modules `operations_*`; they follow `compute_output_spec` of the classes in Keras, `ops/`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lstmlint.inference.layers import operations_arrangement as arrangement
from lstmlint.inference.layers import operations_elementwise as elementwise
from lstmlint.inference.layers import operations_indexing as indexing
from lstmlint.inference.layers import operations_joining as joining
from lstmlint.inference.layers import operations_matrices as matrices
from lstmlint.inference.layers import operations_products as products
from lstmlint.inference.layers import operations_windows as windows
from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.inference.layers.operations_operands import Operation, ShapeFunction, operation
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.graph import OPERATION
from lstmlint.ir.shape import Structure


@dataclass(frozen=True, slots=True)
class Family:
    """Operations with one rule: their classes, and the names of the arguments of a call in order."""

    rule: ShapeFunction
    parameters: str
    class_names: str


FAMILIES = (
    Family(elementwise.unchanged, "x", """
        Abs Absolute Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Array BitwiseInvert BitwiseNot Cast Cbrt Ceil
        Celu Cholesky CholeskyInverse Clip Conj Conjugate ConvertToTensor Copy Corrcoef Cos Cosh Deg2rad Elu EmptyLike
        Erf Erfc Erfinv Exp Exp2 Expm1 Fabs Flip Fliplr Flipud Floor Gelu HardShrink HardSigmoid HardSilu HardTanh I0
        Imag Inv Isfinite Isinf Isnan Isneginf Isposinf Isreal LeakyRelu Log Log10 Log1p Log2 LogSigmoid LogSoftmax
        LogicalNot NanToNum Negative Normalize OnesLike Rad2deg Real Reciprocal Relu Relu6 Roll Round Rsqrt
        SaturateCast Selu Sigmoid Sign Signbit Silu Sin Sinc Sinh SoftShrink Softmax Softplus Softsign Sparsemax
        SparsePlus SparseSigmoid Sqrt Square Squareplus StopGradient Tan Tanh TanhShrink Threshold Tril Triu Trunc
        ZerosLike"""),
    Family(elementwise.unchanged, "x y", "BitwiseLeftShift BitwiseRightShift LeftShift RightShift"),
    Family(elementwise.unchanged, "x y", "Digitize FullLike IsIn InTopK Polar"),
    Family(elementwise.unchanged, "x mean variance offset scale", "BatchNorm"),
    Family(elementwise.unchanged, "x gamma beta", "LayerNorm RMSNorm"),
    Family(elementwise.unchanged, "inputs start_indices updates", "ScatterUpdate SliceUpdate"),
    Family(elementwise.unchanged, "images", "GaussianBlur ElasticTransform HSVToRGB RGBToHSV"),
    Family(elementwise.unchanged, "images start_points end_points", "AffineTransform PerspectiveTransform"),
    Family(elementwise.like_second, "x1 x2", "SearchSorted Solve SolveTriangular BinaryCrossentropy"),
    Family(elementwise.broadcasted, "x1 x2", """
        Add Arctan2 Divide DivideNoNan Equal FloorDivide Fmax Fmin Fmod Gcd Greater GreaterEqual Heaviside Hypot Lcm
        Ldexp Less LessEqual Logaddexp Logaddexp2 LogicalAnd LogicalOr LogicalXor Maximum Minimum Mod Multiply Nextafter
        NotEqual Power Subtract TrueDivide"""),
    Family(elementwise.unchanged, "x y", "BitwiseAnd BitwiseOr BitwiseXor"),
    Family(elementwise.broadcasted_pair, "x1 x2", "Isclose"),
    Family(elementwise.broadcasted, "condition x1 x2", "Where"),
    Family(elementwise.scalar, "x1 x2", "AllClose PSNR Size Vdot"),
    Family(elementwise.filled, "value", "Full"),
    Family(elementwise.filled, "indices values", "Scatter"),
    Family(elementwise.reduced, "x weights", """
        All Amax Amin Any Argmax Argmin Average CountNonzero Logsumexp Max Mean Median Min Nanargmax Nanargmin Nanmax
        Nanmean Nanmedian Nanmin Nanprod Nanstd Nansum Nanvar Norm Prod Ptp Std Sum Var"""),
    Family(elementwise.moments, "x", "Moments"),
    Family(elementwise.percentile, "x q", "Nanpercentile Percentile"),
    Family(elementwise.quantile, "x q", "Nanquantile Quantile"),
    Family(elementwise.flat_without_axis, "x", "Argsort Cumprod Cumsum Sort"),
    Family(elementwise.flat_or_unchanged, "x", "Argpartition Nancumprod Nancumsum"),
    Family(elementwise.flat, "x", "Ravel"),
    Family(elementwise.one_for_each_row, "x", "ViewAsComplex"),
    Family(elementwise.halved_along_axis, "x", "Glu"),
    Family(elementwise.crossentropy, "target output", "CategoricalCrossentropy"),
    Family(elementwise.crossentropy_of_classes, "target output", "SparseCategoricalCrossentropy"),
    Family(elementwise.rank_of, "x", "Ndim"),
    Family(elementwise.indices_of, "x", "Nonzero"),
    Family(elementwise.unknown_last, "x", "Bincount"),
    Family(elementwise.distinct, "x", "Unique"),
    Family(elementwise.histogram, "x", "Histogram"),
    Family(arrangement.reshaped, "x", "Reshape"),
    Family(arrangement.transposed, "x", "Transpose"),
    Family(arrangement.swapped, "x", "Swapaxes"),
    Family(arrangement.turned, "x", "Rot90"),
    Family(arrangement.moved, "x", "Moveaxis"),
    Family(arrangement.expanded, "x", "ExpandDims"),
    Family(arrangement.squeezed, "x", "Squeeze"),
    Family(arrangement.tiled, "x", "Tile"),
    Family(arrangement.repeated, "x", "Repeat"),
    Family(arrangement.padded, "x", "Pad"),
    Family(arrangement.broadcast_to, "x", "BroadcastTo"),
    Family(arrangement.diagonal_or_matrix, "x", "Diag"),
    Family(arrangement.diagonal_matrix, "x", "Diagflat"),
    Family(arrangement.diagonal, "x", "Diagonal"),
    Family(arrangement.trace, "x", "Trace"),
    Family(arrangement.differences, "x", "Diff"),
    Family(arrangement.powers, "x", "Vander"),
    Family(arrangement.without_axis, "y", "Trapezoid"),
    Family(arrangement.unstacked, "x", "Unstack"),
    Family(arrangement.split, "x", "Split"),
    Family(arrangement.split_at(0), "x", "Vsplit"),
    Family(arrangement.split_at(1), "x", "Hsplit"),
    Family(arrangement.split_at(2), "x", "Dsplit"),
    Family(arrangement.split_unevenly, "x", "ArraySplit"),
    Family(arrangement.one_hot, "x", "OneHot"),
    Family(arrangement.multi_hot, "x", "MultiHot"),
    Family(arrangement.top_of_last, "x", "TopK"),
    Family(arrangement.taken, "x indices", "Take"),
    Family(arrangement.taken_along, "x indices", "TakeAlongAxis"),
    Family(arrangement.as_real, "x", "ViewAsReal"),
    Family(indexing.item, "x key", "GetItem"),
    Family(indexing.part, "inputs start_indices", "Slice"),
    Family(joining.concatenated, "xs", "Concatenate"),
    Family(joining.joined_along(0), "xs", "Vstack"),
    Family(joining.joined_along(1), "xs", "Hstack"),
    Family(joining.joined_along(2, joining.of_rank_3), "xs", "Dstack"),
    Family(joining.appended, "x1 x2", "Append"),
    Family(joining.stacked, "x", "Stack"),
    Family(joining.meshes, "", "Meshgrid"),
    Family(joining.matrix_product, "x1 x2", "Matmul"),
    Family(joining.dot, "x1 x2", "Dot"),
    Family(joining.inner, "x1 x2", "Inner"),
    Family(joining.outer, "x1 x2", "Outer"),
    Family(joining.tensordot, "x1 x2", "Tensordot"),
    Family(joining.kronecker, "x1 x2", "Kron"),
    Family(joining.distances, "x y", "CDist"),
    Family(joining.cross, "x1 x2", "Cross"),
    Family(joining.einsum, "", "Einsum"),
    Family(joining.correlation, "x1 x2", "Correlate"),
    Family(matrices.one_for_each_matrix, "x", "Det Logdet MatrixRank"),
    Family(matrices.sign_and_logarithm, "x", "Slogdet"),
    Family(matrices.eigen, "x", "Eig Eigh"),
    Family(matrices.pseudo_inverse, "x", "Pinv"),
    Family(matrices.triangles, "x", "LuFactor"),
    Family(matrices.orthogonal_triangular, "x", "Qr"),
    Family(matrices.singular_values, "x", "SVD"),
    Family(matrices.least_squares, "a b", "Lstsq"),
    Family(matrices.both, "x", "FFT FFT2 IFFT2"),
    Family(matrices.spectrum, "x", "RFFT"),
    Family(matrices.signal, "x", "IRFFT"),
    Family(matrices.spectrogram, "x", "STFT"),
    Family(matrices.signal_of_frames, "x", "ISTFT"),
    Family(matrices.frames, "x", "ExtractSequences"),
    Family(windows.convolved, "inputs kernel", "Conv"),
    Family(windows.convolved_depthwise, "inputs kernel", "DepthwiseConv"),
    Family(windows.convolved_separably, "inputs depthwise_kernel pointwise_kernel", "SeparableConv"),
    Family(windows.convolved_transposed, "inputs kernel", "ConvTranspose"),
    Family(windows.pooled, "inputs", "AveragePool MaxPool"),
    Family(windows.patches, "images", "ExtractPatches"),
    Family(windows.resized, "images", "Resize"),
    Family(windows.padded_image, "images", "PadImages"),
    Family(windows.cropped_image, "images", "CropImages"),
    Family(windows.gray, "images", "RGBToGrayscale"),
    Family(windows.edges, "images", "SobelEdges"),
    Family(windows.one_for_each_image, "image1 image2", "SSIM"),
    Family(windows.at_coordinates, "inputs coordinates", "MapCoordinates"),
    Family(windows.depth_to_space, "x", "DepthToSpace"),
    Family(windows.space_to_depth, "x", "SpaceToDepth"),
    Family(windows.unfolded, "x", "Unfold"),
    Family(windows.folded, "x", "Fold"),
    Family(windows.paths, "inputs sequence_lengths", "CTCDecode"),
    Family(windows.one_for_each_sample, "target output target_length output_length", "CTCLoss"),
    Family(windows.segments, "data segment_ids", "SegmentMax SegmentMin SegmentProd SegmentSum"),
    Family(windows.attention, "query key value bias mask scale", "DotProductAttention"),
    Family(joining.spaced, "start stop", "Geomspace Linspace Logspace"),
    Family(elementwise.depends_on_values, "start stop step", "Arange"),
)  # fmt: skip

#: The family of each class.
BY_CLASS: Mapping[str, Family] = {name: family for family in FAMILIES for name in family.class_names.split()}


@layer(*(OPERATION + name for name in BY_CLASS), weights=False)
def keras_operation(call: Call) -> Signature:
    """The outputs and the work of an operation."""
    name = call.class_name.removeprefix(OPERATION)
    family = BY_CLASS[name]
    op = operation(call, family.parameters.split(), call.config)
    outputs = applied(family.rule, op)
    return Signature(outputs, (), products.work(name, family.rule, op, outputs))


def applied(rule: ShapeFunction, op: Operation) -> Structure:
    """The outputs that a rule gives for an operation.

    Raises:
        Incompatible: the library refuses the operands.
        Undetermined: the outputs are unknown, or the operands are not of the kind that the rule is made for.
    """
    try:
        return rule(op)
    except (IndexError, TypeError, ValueError, ZeroDivisionError):
        raise Undetermined("its operands are not of the kind that this operation takes") from None
