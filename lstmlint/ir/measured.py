"""Numbers that were measured on stored values, where somebody asked for them; a model carries them to rules.

U is the recurrent kernel `(units, gates * units)`, K the kernel `(features, gates * units)`, s the singular values of
U.
"""

from __future__ import annotations

from collections.abc import Mapping

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.shape import Unknown


@dataclass(frozen=True, slots=True)
class TensorMeasures:
    """The measures of one stored tensor, over all of its values.

    `nans` and `infinities` are counts; `least`, `greatest`, `mean` and `deviation` (standard deviation) are those of
    the finite values, 0 where there are none. `subnormal` counts values nearer to zero than the smallest normal
    float32 and not zero, `beyond_half` those beyond the range of float16. `distinct` is the number of different values
    where it is at most 256 and the tensor has at least 2,048. `uniformity` is the distance of Kolmogorov and Smirnov
    from the uniform distribution over +-`limit`, times the root of the number of values; `None` where a value lies
    outside. `digest` is the SHA-256 of the shape and of the values as they are stored; `is_telling` says that at least
    16 of the finite values are different, so that two models do not hold the same ones by chance.
    """

    size: int
    nans: int
    infinities: int
    zeros: int
    subnormal: int
    beyond_half: int
    least: float
    greatest: float
    mean: float
    deviation: float
    distinct: int | None
    limit: float
    uniformity: float | None
    digest: str
    is_telling: bool

    @property
    def is_finite(self) -> bool:
        """Whether no value is NaN or infinite."""
        return not self.nans and not self.infinities

    @property
    def is_zero(self) -> bool:
        """Whether every value is zero; an empty tensor is not."""
        return 0 < self.size == self.zeros

    @property
    def largest(self) -> float:
        """The largest finite magnitude."""
        return max(-self.least, self.greatest)


@dataclass(frozen=True, slots=True)
class UnitMeasures:
    """The units of a cell that the weights show to be dead, duplicates or stuck, by their index from 0.

    `stuck` are the units of each gate, by the name of the gate, whose activation the inputs cannot change.
    """

    dead: tuple[int, ...] = ()
    duplicates: tuple[tuple[int, int], ...] = ()
    likeness: float = 0.0
    stuck: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellMeasures:
    """The measures of a recurrent layer or cell.

    `layer` is its full name, with the direction for one of a Bidirectional; `owner` is the layer of the file to which
    it belongs. `orthogonality` is `max |U U^T - I|`; `singular` are the largest and the smallest of s, `moved` counts
    the s that differ from 1 by more than 0.1. `kernels`, `recurrents` and `biases` are the places of its tensors.
    `has_initial_bias` says whether the bias has the values of its initializer, `None` without a bias. `unmeasured` is
    the reason why what needs products of U is not known; the numbers are then 0.
    """

    layer: str
    owner: str
    kind: str
    units: int
    features: int
    kernels: tuple[str, ...]
    recurrents: tuple[str, ...]
    biases: tuple[str, ...]
    is_gate_wise: bool = False
    orthogonality: float = 0.0
    singular: tuple[float, float] = (0.0, 0.0)
    moved: int = 0
    has_initial_bias: bool | None = None
    of_units: UnitMeasures = UnitMeasures()
    unmeasured: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Quantized:
    """A cell in a format of fewer bits.

    `weight_error` is `|w' - w| / |w|` over its kernels; `overflow` counts the values that become infinite;
    `state_change` is `|h' - h| / |h|` over the last states of random sequences.
    """

    format: str
    weight_error: float | Unknown
    overflow: int
    state_change: float | Unknown


@dataclass(frozen=True, slots=True)
class CellQuantization:
    """A recurrent layer or cell in each format; none where it was not computed, for the reason in `unmeasured`."""

    layer: str
    formats: tuple[Quantized, ...]
    unmeasured: Unknown | None = None


@dataclass(frozen=True, slots=True)
class RowMeasures:
    """The rows of an Embedding: `untouched` are those for which every optimizer slot is zero, in ranges of indices."""

    layer: str
    place: str
    rows: int
    untouched: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """The number of untouched rows."""
        return sum(last - first + 1 for first, last in self.untouched)


@dataclass(frozen=True, slots=True)
class VarianceMeasures:
    """The moving variance of a BatchNormalization: of its `channels`, how many are below 0, and how many are tiny.

    Tiny is a variance from 0 to below 1e-6.
    """

    layer: str
    place: str
    channels: int
    negative: int
    tiny: int
    least: float


@dataclass(frozen=True, slots=True)
class MeasuredWeight:
    """The weight that a stored tensor is: its layer or cell by full name and class, and its name in the layer.

    `is_trainable` says whether training changes it. `has_default_start` says whether the config states that Keras
    starts it by the default initializer of its class; without a config this is not known, and `False`.
    """

    layer: str
    class_name: str
    name: str
    shape: tuple[int, ...]
    is_trainable: bool
    has_default_start: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """The reason why the values of a tensor are not known; `is_damaged` where no reader could read them."""

    reason: str
    is_damaged: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """All measures of a model: of tensors and optimizer slots by their places, of cells, rows and variances.

    `weights` are the weights that stored tensors are, by place; a tensor is missing where it is not known which weight
    it is. `slots` are the places of the slots of a weight, by its place; a weight is missing where it is not known
    which slots are its own. `iterations` is the number of training steps that the optimizer counted.
    `quantized` are the cells in fewer bits, where somebody asked for that, too.
    """

    tensors: Mapping[str, TensorMeasures] = field(default_factory=dict)
    unread: Mapping[str, Unread] = field(default_factory=dict)
    weights: Mapping[str, MeasuredWeight] = field(default_factory=dict)
    cells: tuple[CellMeasures, ...] = ()
    rows: tuple[RowMeasures, ...] = ()
    variances: tuple[VarianceMeasures, ...] = ()
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    iterations: int | None = None
    quantized: tuple[CellQuantization, ...] = ()
