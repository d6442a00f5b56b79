"""Every operation of Keras 3, with the configs and arguments for the comparison with lstmlint."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy


@dataclass(frozen=True)
class T:
    """A tensor among the arguments of an operation."""

    shape: tuple[int | None, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class Grid:
    """Operations by class name with each of some configs, called with each of some argument lists."""

    classes: str
    arguments: list[list[Any]]
    configs: list[dict[str, Any]]

    def __str__(self) -> str:
        return self.classes.split()[0]


def each(**choices: list[Any]) -> list[dict[str, Any]]:
    """All configs that combine the choices."""
    return [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]


NO_CONFIG: list[dict[str, Any]] = [{}]

#: Shapes of batches of sequences, with and without a length, and shapes without a batch.
SHAPES = [(None, 4, 6), (None, None, 6), (2, 3), (5,)]

UNARY = [[T(shape)] for shape in SHAPES]
INTEGERS = [[T(shape, "int32")] for shape in SHAPES]

PAIRS = [
    ((None, 4, 6), (None, 4, 6)), ((None, 4, 6), (6,)), ((None, None, 6), (None, 4, 1)), ((3, 1), (None, 1, 5)),
    ((None, 1), (None, 4)), ((2, 4), (None, 4)), ((None, 1), (1, 1)), ((4, None), (4, 7)), ((), (None, 2)),
]  # fmt: skip


def pairs(dtype: str = "float32") -> list[list[Any]]:
    return [[T(left, dtype), T(right, dtype)] for left, right in PAIRS]


CONSTANT_PAIRS: list[list[Any]] = [
    [T((None, 4, 6)), 2.0], [3, T((None, 4))], [T((None, 1)), numpy.ones((3,))], [numpy.ones((2, 1)), T((None, 2, 4))],
]  # fmt: skip

IMAGES = [[T((None, 8, 6, 3))], [T((None, None, 6, 3))], [T((8, 6, 3))]]
SQUARES = [[T((None, 4, 4))], [T((4, 4))]]
MATRICES = [[T((None, 4, 3))], [T((None, 2, 3, 5))], [T((4, 4))]]

AXES = [None, 0, -1, 1, [0, -1], [1, 2]]

GRIDS = [
    Grid("Abs Absolute Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Array Cbrt Ceil Celu Conj Conjugate"
         " ConvertToTensor Copy Corrcoef Cos Cosh Deg2rad Elu EmptyLike Erf Erfc Erfinv Exp Exp2 Expm1 Fabs Fliplr"
         " Flipud Floor Gelu HardShrink HardSigmoid HardSilu HardTanh I0 Imag Isfinite Isinf Isnan Isneginf Isposinf"
         " Isreal LeakyRelu Log Log10 Log1p Log2 LogSigmoid LogicalNot NanToNum Negative OnesLike Rad2deg Real"
         " Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Signbit Silu Sin Sinc Sinh SoftShrink Softplus Softsign"
         " SparsePlus SparseSigmoid Sqrt Square Squareplus StopGradient Tan Tanh TanhShrink Tril Triu Trunc"
         " ZerosLike Ravel Ndim Size Nonzero ViewAsComplex ViewAsReal",
         UNARY, NO_CONFIG),
    Grid("BitwiseInvert BitwiseNot Bincount", INTEGERS, NO_CONFIG),
    Grid("Cast SaturateCast", UNARY, [{"dtype": "int32"}]),
    Grid("Clip", UNARY, [{"x_min": 0, "x_max": 1}]),
    Grid("Threshold", UNARY, [{"threshold": 0.5, "default_value": 0.0}]),
    Grid("Flip Softmax LogSoftmax Sparsemax Normalize", UNARY, each(axis=[-1, 0, 1])),
    Grid("Roll", UNARY, each(shift=[1], axis=[None, -1])),
    Grid("Argsort Sort Cumsum Cumprod Nancumsum Nancumprod", UNARY, each(axis=[None, -1, 0, 1])),
    Grid("Argpartition", UNARY, each(kth=[1], axis=[None, -1])),
    Grid("BitwiseAnd BitwiseOr BitwiseXor BitwiseLeftShift BitwiseRightShift LeftShift RightShift Gcd Lcm",
         pairs("int32"), NO_CONFIG),
    Grid("Add Arctan2 Divide DivideNoNan Equal FloorDivide Fmax Fmin Fmod Greater GreaterEqual Heaviside Hypot Isclose"
         " Less LessEqual Logaddexp Logaddexp2 LogicalAnd LogicalOr LogicalXor Maximum Minimum Mod Multiply Nextafter"
         " NotEqual Power Subtract TrueDivide AllClose Vdot IsIn Polar FullLike Outer Inner Dot Append Kron",
         pairs(), NO_CONFIG),
    Grid("Add Divide Equal Greater LessEqual LogicalAnd Maximum Mod Multiply NotEqual Power Subtract TrueDivide Dot"
         " FullLike Outer", CONSTANT_PAIRS, NO_CONFIG),
    Grid("PSNR", pairs(), [{"max_val": 1.0}]),
    Grid("LayerNorm", [[T((None, 4, 6)), T((6,)), T((6,))]], NO_CONFIG),
    Grid("RMSNorm", [[T((None, 4, 6)), T((6,))]], NO_CONFIG),
    Grid("Ldexp", [[T((None, 4)), T((4,), "int32")]], NO_CONFIG),
    Grid("Where", [[T(left, "bool"), T(right), other] for left, right in PAIRS for other in (0.0, T(right))],
         NO_CONFIG),
    Grid("All Amax Amin Any Max Mean Median Min Nanmax Nanmean Nanmedian Nanmin Nanprod Nanstd Nansum Nanvar Prod Ptp"
         " Std Sum Var Logsumexp", UNARY, each(axis=AXES, keepdims=[False, True])),
    Grid("Argmax Argmin Nanargmax Nanargmin", UNARY, each(axis=[None, 0, -1], keepdims=[False, True])),
    Grid("Average CountNonzero", UNARY, each(axis=[None, 0, -1])),
    Grid("Average", [[T((None, 4)), T((4,))]], each(axis=[1, -1])),
    Grid("Norm", UNARY, each(ord=[None, 2], axis=[None, 0, -1, [0, 1]], keepdims=[False, True])),
    Grid("Moments", UNARY, each(axes=[[0], [1], [0, -1]], keepdims=[False, True])),
    Grid("Percentile Quantile Nanpercentile Nanquantile",
         [[T((None, 4, 6)), q] for q in (0.5, [0.1, 0.5], [0.5], numpy.array([0.1, 0.2, 0.3]))],
         each(axis=[None, 1, [0, 1]], keepdims=[False, True])),
    Grid("Unique", INTEGERS, each(axis=[None, 0, -1], size=[None, 3], return_index=[True], return_inverse=[False, True],
                                  return_counts=[False, True])),
    Grid("Unique", INTEGERS, NO_CONFIG),
    Grid("Histogram", UNARY, [{"bins": 7}]),
    Grid("Digitize", [[T((None, 4)), numpy.array([0.0, 1.0])]], NO_CONFIG),
    Grid("SearchSorted", [[T((7,)), T((None, 4))]], NO_CONFIG),
    Grid("Full", [[T(())]], [{"shape": (2, 3)}]),
    Grid("Reshape", UNARY, each(newshape=[(-1,), (-1, 3), (6, 4, -1), (2, 3), (-1, 2, 2, 6), (5, 1)])),
    Grid("Reshape", [[T((2, 0, 3))]], each(newshape=[(-1, 3), (0,)])),
    Grid("Transpose", UNARY, each(axes=[None, (0, 2, 1), (-1, 0, 1), (1, 0), (0,)])),
    Grid("Swapaxes", UNARY, each(axis1=[0, -1], axis2=[1, -2])),
    Grid("Moveaxis", UNARY, [{"source": 0, "destination": -1}, {"source": (0, 1), "destination": (-1, 0)},
                             {"source": -1, "destination": 1}]),
    Grid("Rot90", UNARY, each(k=[1, 2], axes=[(0, 1), (-1, 0)])),
    Grid("ExpandDims", UNARY, each(axis=[0, 1, -1, -2, (0, 2), (-1, 0)])),
    Grid("Squeeze", [[T((None, 1, 4, 1))], [T((1, 1))]], each(axis=[None, 1, -1, (1, 3)])),
    Grid("Tile", UNARY, each(repeats=[2, (1, 2), (2, 1, 1, 3)])),
    Grid("Repeat", UNARY, each(repeats=[2, [3], [1, 2], [1, 0, 2, 3]], axis=[None, 0, 1, -1])),
    Grid("Pad", UNARY, each(pad_width=[1, (1, 2), ((0, 0), (1, 1), (2, 0)), ((1, 2),)])),
    Grid("BroadcastTo", [[T((3, 1))], [T((4,))]], each(shape=[(3, 4), (2, 3, 4)])),
    Grid("Diag Diagflat", UNARY, each(k=[0, 1, -2, 9])),
    Grid("Diagonal Trace", UNARY, each(offset=[0, 2, -1], axis1=[0, -1], axis2=[1])),
    Grid("Diff", UNARY, each(n=[1, 2], axis=[-1, 0])),
    Grid("Vander", [[T((5,))]], each(N=[None, 3])),
    Grid("Trapezoid", UNARY, each(axis=[-1, 0])),
    Grid("Unstack", UNARY, each(num=[None, 2, 4], axis=[0, 1, -1])),
    Grid("Split", UNARY, each(indices_or_sections=[2, 3, (1, 2), [2]], axis=[0, 1, -1])),
    Grid("ArraySplit", UNARY, each(indices_or_sections=[2, 3, 4], axis=[0, 1, -1])),
    Grid("Vsplit Hsplit Dsplit", [*UNARY, [T((4, 6))]], each(indices_or_sections=[2, [1, 3]])),
    Grid("OneHot MultiHot", INTEGERS, each(num_classes=[7], axis=[-1, 0, 1])),
    Grid("TopK", UNARY, each(k=[1, 3])),
    Grid("Glu", UNARY, each(axis=[-1, 1])),
    Grid("Take", [[T((None, 4, 6)), indices] for indices in (2, [0, 1], numpy.zeros((2, 3), "int32"),
                                                             T((None, 5), "int32"))], each(axis=[None, 0, 1, -1])),
    Grid("TakeAlongAxis", [[T((None, 4, 6)), T((None, 2, 6), "int32")], [T((None, 4)), T((3, 1), "int32")],
                           [T((2, 3)), T((5,), "int32")]], each(axis=[None, 0, 1, -1])),
    Grid("GetItem",
         [[T(shape), key] for shape in SHAPES for key in (
             0, -1, slice(1, 3), slice(None, None, -1), (slice(None), 0), (slice(None), slice(1, -1)), (Ellipsis, 0),
             (Ellipsis, slice(0, 5, 2)), (slice(None), None), (None, Ellipsis, None), (slice(None), -1, slice(2, None)),
             (slice(0, 2), Ellipsis, slice(None, -3)), (slice(None), slice(-3, None)), (Ellipsis,), (0, Ellipsis, 1))],
         NO_CONFIG),
    Grid("Slice", [[T((None, 4, 6)), start] for start in ([0, 1, 0], (1, 1, 1))],
         each(shape=[(2, 2, -1), (-1, -1, 3)])),
    Grid("Slice", [[T((None, 4)), T((2,), "int32")]], each(shape=[(2, -1)])),
    Grid("SliceUpdate", [[T((None, 4)), [0, 0], T((2, 2))]], NO_CONFIG),
    Grid("ScatterUpdate", [[T((None, 4)), T((3, 2), "int32"), T((3,))]], NO_CONFIG),
    Grid("Scatter", [[T((3, 1), "int32"), T((3,))]], [{"shape": (9,)}]),
    Grid("Concatenate", [[[T((None, 4, 6)), T((None, 4, 6))]], [[T((None, 3)), T((2, 3)), T((None, 3))]],
                         [[T((2, None)), T((None, 5))]], [[T((None, 4)), numpy.ones((1, 4), "float32")]]],
         each(axis=[0, 1, -1])),
    Grid("Stack Vstack Hstack Dstack",
         [[[T((None, 4)), T((2, 4))]], [[T((None, 4, 6)), T((None, 4, 6))]], [[T((None,)), T((4,))]], [[T((3,))]]],
         NO_CONFIG),
    Grid("Stack", [[[T((None, 4)), T((2, 4)), T((None, 4))]]], each(axis=[0, 1, 2, -1])),
    Grid("Append", [[T((None, 4)), T((None, 4))], [T((2, 3)), T((2, 3))]], each(axis=[None, 1, -1])),
    Grid("Meshgrid", [[T((3,)), T((None,))], [T((3,)), T((4,)), T((5,))]], each(indexing=["xy", "ij"])),
    Grid("Matmul Dot Inner",
         [[T(left), T(right)] for left, right in (
             ((None, 4, 6), (None, 6, 3)), ((None, 4, 6), (6, 3)), ((None, 4), (4,)), ((4,), (4, 3)), ((4,), (4,)),
             ((None, 1, 4, 6), (None, 5, 6, 2)), ((None, None, 6), (6,)), ((2, None), (5, 3)), ((None, 4), (3, 4)),
             ((None, 4), (None, 3, 4)), ((3, 4, 6), (None, 6, 2)))], NO_CONFIG),
    Grid("Matmul", [[T((None, 4)), numpy.ones((4, 2), "float32")]], NO_CONFIG),
    Grid("Tensordot", [[T((None, 4, 6)), T((4, 6, 3))], [T((None, 6)), T((6, 3))]],
         each(axes=[0, 1, 2, ((1, 2), (0, 1)), ((-1,), (1,)), ((1,), (0,))])),
    Grid("Einsum", [[T((None, 4, 6)), T((None, 5, 6))], [T((None, 4, 6)), T((6, 3))]],
         each(subscripts=["btf,bsf->bts", "abc,cd->abd", "abc,abc", "...i,ij->...j", "abc,adc", "b t f,b s f->b s t",
                          "abc,adc->bd", "abc,...c->...b"])),
    Grid("Einsum", [[T((None, 4, 4))]], each(subscripts=["bii->bi", "bij->bji", "b...->b", "bij->"])),
    Grid("CDist", [[T((None, 4, 6)), T((None, 5, 6))], [T((4, 6)), T((None, 5, 6))]], NO_CONFIG),
    Grid("Cross", [[T((None, 3)), T((None, 3))], [T((None, 2)), T((None, 2))], [T((4, 3)), T((4, 2))]], NO_CONFIG),
    Grid("Cross", [[T((3, 4)), T((3, 4))]], each(axis=[0])),
    Grid("Correlate", [[T((7,)), T((3,))]], each(mode=["valid", "same", "full"])),
    Grid("Linspace", [[T((None, 2)), T((2,))], [0, T((3,))]], each(num=[5], axis=[0, -1])),
    Grid("Logspace Geomspace", [[T((None, 2)), T((2,))]], each(num=[5], axis=[0, -1])),
    Grid("Cholesky CholeskyInverse Inv Det Logdet Slogdet Eig Eigh MatrixRank", SQUARES, NO_CONFIG),
    Grid("Pinv LuFactor", MATRICES, NO_CONFIG),
    Grid("Qr", MATRICES, each(mode=["reduced", "complete"])),
    Grid("SVD", MATRICES, each(full_matrices=[True, False], compute_uv=[True, False])),
    Grid("Solve SolveTriangular", [[T((None, 4, 4)), T((None, 4, 2))]], NO_CONFIG),
    Grid("Lstsq", [[T((4, 3)), T((4, 2))], [T((4, 3)), T((4,))]], NO_CONFIG),
    Grid("FFT FFT2 IFFT2", [[(T((None, 4, 6)), T((None, 4, 6)))]], NO_CONFIG),
    Grid("RFFT", UNARY, each(fft_length=[None, 8])),
    Grid("IRFFT", [[(T((None, 5)), T((None, 5)))]], each(fft_length=[None, 8])),
    Grid("STFT", [[T((None, 40))], [T((None, None))]],
         each(sequence_length=[6], sequence_stride=[2], fft_length=[8, 9], center=[True, False])),
    Grid("ISTFT", [[(T((None, 7, 5)), T((None, 7, 5)))], [(T((2, None, 5)), T((2, None, 5)))]],
         each(sequence_length=[6], sequence_stride=[2], fft_length=[8], length=[None, 20], center=[True, False])),
    Grid("ExtractSequences", [[T((None, 40))], [T((2, None))]], each(sequence_length=[6], sequence_stride=[2])),
    Grid("Conv", [[T((None, 9, 3)), numpy.ones((2, 3, 5), "float32")], [T((None, None, 3)), T((2, 3, 5))]],
         each(strides=[1, 2], padding=["valid", "same"], data_format=["channels_last"], dilation_rate=[1])),
    Grid("Conv", [[T((None, 9, 8, 3)), numpy.ones((2, 3, 3, 4), "float32")]],
         each(padding=["valid", "same"], data_format=["channels_last"], dilation_rate=[1, (2, 3)])),
    Grid("DepthwiseConv", [[T((None, 9, 8, 3)), numpy.ones((2, 3, 3, 4), "float32")]],
         each(strides=[1, 2], padding=["valid", "same"])),
    Grid("SeparableConv", [[T((None, 9, 3)), T((2, 3, 4)), T((1, 12, 5))]], each(padding=["valid", "same"])),
    Grid("ConvTranspose", [[T((None, 9, 3)), T((2, 5, 3))], [T((None, None, 3)), T((2, 5, 3))]],
         each(strides=[1, 3], padding=["valid", "same"], output_padding=[None, 1])),
    Grid("MaxPool AveragePool", [[T((None, 9, 7, 3))], [T((None, None, 7, 3))]],
         each(pool_size=[2, (3, 2)], strides=[None, 1], padding=["valid", "same"],
              data_format=["channels_last", "channels_first"])),
    Grid("ExtractPatches", IMAGES, each(size=[2, (3, 2)], strides=[None, 1], padding=["valid", "same"])),
    Grid("Resize", IMAGES, each(size=[(4, 5)], data_format=["channels_last", "channels_first", None])),
    Grid("RGBToGrayscale GaussianBlur ElasticTransform HSVToRGB RGBToHSV SobelEdges", IMAGES, NO_CONFIG),
    Grid("SSIM", [[*image, *image] for image in IMAGES], NO_CONFIG),
    Grid("PadImages", IMAGES, [{"top_padding": 1, "left_padding": 2, "bottom_padding": 3, "right_padding": 4},
                               {"top_padding": 1, "left_padding": 2, "target_height": 12, "target_width": 14}]),
    Grid("CropImages", IMAGES, [{"top_cropping": 1, "left_cropping": 2, "bottom_cropping": 3, "right_cropping": 1},
                                {"top_cropping": 1, "left_cropping": 2, "target_height": 3, "target_width": 2}]),
    Grid("AffineTransform", [[*IMAGES[0], T((None, 8))]], NO_CONFIG),
    Grid("PerspectiveTransform", [[*IMAGES[0], T((None, 4, 2)), T((None, 4, 2))]], NO_CONFIG),
    Grid("MapCoordinates", [[T((4, 5)), T((2, None, 7))]], each(order=[1])),
    Grid("DepthToSpace SpaceToDepth", [[T((None, 4, 6, 8))], [T((None, None, 6, 4))]],
         each(block_size=[2], data_format=["channels_last", "channels_first"])),
    Grid("Unfold", [[T((None, 3, 8, 6))]], each(kernel_size=[2, (3, 2)], padding=[0, 1], stride=[1, 2])),
    Grid("Fold", [[T((None, 12, 35))]], each(output_size=[(8, 6)], kernel_size=[2])),
    Grid("BatchNorm", [[T((None, 4)), T((4,)), T((4,)), T((4,)), T((4,))]], each(axis=[-1])),
    Grid("BinaryCrossentropy CategoricalCrossentropy", [[T((None, 4)), T((None, 4))]], NO_CONFIG),
    Grid("SparseCategoricalCrossentropy", [[T((None,), "int32"), T((None, 4))], [T((None, 1), "int32"), T((None, 4))]],
         NO_CONFIG),
    Grid("CTCLoss", [[T((2, 5), "int32"), T((2, 9, 4)), T((2,), "int32"), T((2,), "int32")]], NO_CONFIG),
    Grid("CTCDecode", [[T((None, 9, 4)), T((None,), "int32")]],
         [{"strategy": "greedy"}, {"strategy": "beam_search", "top_paths": 3}]),
    Grid("DotProductAttention", [[T((None, 9, 2, 4)), T((None, 7, 2, 4)), T((None, 7, 2, 4))]], NO_CONFIG),
    Grid("SegmentMax SegmentMin SegmentProd SegmentSum", [[T((None, 4)), T((None,), "int32")]],
         each(num_segments=[None, 3])),
    Grid("InTopK", [[T((None,), "int32"), T((None, 4))]], each(k=[2])),
]  # fmt: skip
