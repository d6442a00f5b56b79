"""The measures of a single tensor, in one pass over blocks of its values."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.measured import TensorMeasures

Array: TypeAlias = NDArray[Any]

#: The smallest normal float32 and the largest float16 (IEEE 754).
SMALLEST_NORMAL = 2.0**-126
LARGEST_HALF = 65504.0

#: A tensor of at least `MANY` values is a lattice if it has at most `FEW` different ones.
MANY, FEW = 2048, 256

#: A tensor of fewer different values, such as a bias as initialised, may be the same in any two models.
FEWEST_TELLING = 16

#: The number of equal parts of an interval at whose ends a distribution is compared with the uniform one. Between the
#: ends a uniform sample of any size strays by no more than 0.02 in units of the result.
PARTS = 1024

#: Values that are worked on at once, so that they stay in the cache of the processor.
PIECE = 64 * 1024


def tensor_measures(blocks: Iterable[Array], shape: tuple[int, ...], limit: float) -> TensorMeasures:
    """The measures of a tensor.

    Args:
        blocks: its values in the order of the file, as arrays of any shape.
        shape: its shape, which is part of the digest.
        limit: half the width of the interval of which `uniformity` is measured; 0 where it is not wanted.
    """
    sums = Sums(limit)
    sums.digest.update(repr(shape).encode())
    for block in blocks:
        sums.add(block)
    return sums.result()


@dataclass(slots=True)
class Sums:
    """What a pass has counted so far; what no further value can change is no longer looked at."""

    limit: float
    digest: Any = field(default_factory=hashlib.sha256)
    size: int = 0
    nans: int = 0
    infinities: int = 0
    zeros: int = 0
    subnormal: int = 0
    beyond_half: int = 0
    least: float = math.inf
    greatest: float = -math.inf
    total: float = 0.0
    squares: float = 0.0
    different: Array | None = field(default_factory=lambda: np.empty(0))
    parts: Array | None = field(default_factory=lambda: np.zeros(PARTS, np.int64))

    def add(self, block: Array) -> None:
        """Count the values of a block."""
        flat = np.ascontiguousarray(block).reshape(-1)
        self.digest.update(flat.data if flat.size else b"")
        for start in range(0, flat.size, PIECE):
            self._add(flat[start : start + PIECE])

    def _add(self, values: Array) -> None:
        if values.dtype.kind != "f":
            values = values.astype(np.float64)
        self.size += values.size
        least, greatest = float(values.min()), float(values.max())
        if not (math.isfinite(least) and math.isfinite(greatest)):
            finite = np.isfinite(values)
            nans = int(np.count_nonzero(np.isnan(values)))
            self.nans += nans
            self.infinities += values.size - int(np.count_nonzero(finite)) - nans
            values = values[finite]
            if not values.size:
                return
            least, greatest = float(values.min()), float(values.max())
        self.least, self.greatest = min(self.least, least), max(self.greatest, greatest)
        self._near_zero(values, least, greatest)
        if max(-least, greatest) > LARGEST_HALF:
            self.beyond_half += int(np.count_nonzero(np.abs(values) > LARGEST_HALF))
        wide = values.astype(np.float64) if max(-least, greatest) > 1e15 else values
        with np.errstate(over="ignore"):
            self.total += float(wide.sum(dtype=np.float64))
            self.squares += float(np.dot(wide, wide))
        self._count_different(values if least < greatest else values[:1])
        self._count_parts(values, least, greatest)

    def _near_zero(self, values: Array, least: float, greatest: float) -> None:
        """Count zeros and subnormal numbers; most tensors have neither, which one comparison tells."""
        if least > SMALLEST_NORMAL or greatest < -SMALLEST_NORMAL:
            return
        near = values[np.abs(values) < SMALLEST_NORMAL]
        zeros = near.size - int(np.count_nonzero(near))
        self.zeros += zeros
        self.subnormal += near.size - zeros

    def _count_different(self, values: Array) -> None:
        if self.different is None:
            return
        head = np.unique(values[:MANY])
        if head.size <= FEW:
            head = np.unique(np.concatenate([self.different, head, np.unique(values[MANY:])]))
        self.different = head if head.size <= FEW else None

    def _count_parts(self, values: Array, least: float, greatest: float) -> None:
        if self.parts is None:
            return
        if not self.limit or max(-least, greatest) > self.limit * (1 + 1e-6):
            self.parts = None
            return
        places = ((values + self.limit) * (PARTS / (2 * self.limit))).astype(np.int64)
        self.parts += np.bincount(np.clip(places, 0, PARTS - 1), minlength=PARTS)

    def result(self) -> TensorMeasures:
        """The measures of all values that were added."""
        finite = self.size - self.nans - self.infinities
        mean = self.total / finite if finite else 0.0
        variance = max(0.0, self.squares / finite - mean * mean) if finite else 0.0
        is_whole = finite == self.size
        different = self.different if self.size >= MANY and is_whole else None
        parts = self.parts if finite and is_whole else None
        return TensorMeasures(
            size=self.size,
            nans=self.nans,
            infinities=self.infinities,
            zeros=self.zeros,
            subnormal=self.subnormal,
            beyond_half=self.beyond_half,
            least=self.least if finite else 0.0,
            greatest=self.greatest if finite else 0.0,
            mean=mean,
            deviation=math.sqrt(variance),
            distinct=None if different is None else int(different.size),
            limit=self.limit,
            uniformity=None if parts is None else uniformity(parts),
            digest=self.digest.hexdigest(),
            is_telling=self.different is None or self.different.size >= FEWEST_TELLING,
        )


def uniformity(parts: Array) -> float:
    """The distance of Kolmogorov and Smirnov from the uniform distribution, times the root of the number of values.

    `sqrt(n) * max |F(x) - x|` at the ends of equal parts of the interval, F the share of values up to x. Values of a
    uniform distribution exceed 1.36 in 5 of 100 cases and 2.5 in 8 of a million (Kolmogorov's distribution).

    Args:
        parts: the number of values in each of the equal parts.
    """
    count = int(parts.sum())
    shares = np.cumsum(parts) / count
    ends = np.arange(1, len(parts) + 1) / len(parts)
    return float(math.sqrt(count) * np.abs(shares - ends).max())


def glorot_limit(shape: tuple[int, ...]) -> float:
    """Half the width of the interval of `GlorotUniform` for a kernel `(inputs, outputs)`.

    `sqrt(6 / (inputs + outputs))`.

    Source: Keras, `initializers/random_initializers.py`, `VarianceScaling` with scale 1 and `fan_avg`.
    """
    return math.sqrt(6 / max(1, sum(shape)))
