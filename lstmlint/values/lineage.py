"""The kinship of two models: digests of their tensors, and the cosine of their recurrent kernels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstmlint.analyses.measures import measures_of
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.lineage import Kin, LayerKin, Lineage
from lstmlint.ir.measured import CellMeasures
from lstmlint.ir.model import Model
from lstmlint.values.stores.blocks import UnreadValuesError
from lstmlint.values.stores.opening import store_of

#: Recurrent kernels of one start or copy have a larger cosine.
SAME_START = 0.5

Shape: TypeAlias = tuple[int, ...]
Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a layer: their shapes, digests and places, and the cell that they are."""

    layer: str
    shapes: tuple[Shape, ...]
    digests: tuple[str, ...]
    is_telling: bool
    cell: CellMeasures | None

    @property
    def key(self) -> tuple[object, ...]:
        """What two layers have in common that can be compared."""
        return self.shapes, self.cell.kind if self.cell else ""


def lineage(old: Model, new: Model) -> Lineage:
    """The kinship of the layers of `new` with those of `old`; both carry their measures.

    Layers are paired by equal bytes, then by name, then by shapes in their order.

    Raises:
        UnreadableError: a file cannot be opened again.
    """
    before, after = list(weights_in(old)), list(weights_in(new))
    pairs = dict(paired(before, after))
    layers = tuple(kin_of(pairs[right.layer], right, old, new) for right in after if right.layer in pairs)
    return Lineage(layers, tuple(right.layer for right in after if right.layer not in pairs))


def weights_in(model: Model) -> Iterator[Weights]:
    """The layers with weights whose values were all read, in the order of the file."""
    measured = measures_of(model)
    places: dict[str, list[str]] = {}
    for place, weight in measured.weights.items():
        places.setdefault(weight.layer, []).append(place)
    cells = {cell.layer: cell for cell in measured.cells}
    for layer, own in places.items():
        if all(place in measured.tensors for place in own):
            tensors = [measured.tensors[place] for place in own]
            yield Weights(
                layer=layer,
                shapes=tuple(measured.weights[place].shape for place in own),
                digests=tuple(tensor.digest for tensor in tensors),
                is_telling=any(tensor.is_telling for tensor in tensors),
                cell=cells.get(layer),
            )


def paired(before: Sequence[Weights], after: Sequence[Weights]) -> Iterator[tuple[str, Weights]]:
    """The layer of the older model for each layer of the newer one, by its name."""
    left, right = {one.layer: one for one in before}, {one.layer: one for one in after}
    likenesses: tuple[Callable[[Weights, Weights], bool], ...] = (
        lambda one, other: one.is_telling and one.digests == other.digests,
        lambda one, other: one.layer == other.layer and one.key == other.key,
        lambda one, other: one.key == other.key,
    )
    for is_alike in likenesses:
        for name, other in list(right.items()):
            match = next((one for one in left.values() if is_alike(one, other)), None)
            if match is not None:
                del left[match.layer], right[name]
                yield name, match


def kin_of(left: Weights, right: Weights, old: Model, new: Model) -> LayerKin:
    """The kinship of two layers of the same shapes."""
    if left.digests == right.digests:
        return LayerKin(right.layer, left.layer, Kin.EQUAL if right.is_telling else Kin.UNTOLD, is_same=True)
    if left.cell is None or right.cell is None:
        return LayerKin(right.layer, left.layer, Kin.UNTOLD)
    similar = cosine(left.cell, right.cell, old, new)
    if similar is None:
        return LayerKin(right.layer, left.layer, Kin.UNTOLD)
    return LayerKin(right.layer, left.layer, Kin.SAME_START if similar > SAME_START else Kin.UNRELATED, similar)


def cosine(left: CellMeasures, right: CellMeasures, old: Model, new: Model) -> float | None:
    """The cosine of the recurrent kernels of two cells, as one vector each; `None` where it is not known.

    Only kernels in one layout are compared: as cuDNN reads them, the same kernel has another order. Files are opened
    one after the other, since HDF5 reads one at a time; a kernel is held in memory meanwhile.
    """
    if len(left.recurrents) != len(right.recurrents) or left.unmeasured or right.unmeasured:
        return None
    try:
        one, two = kernel(old, left), kernel(new, right)
    except UnreadValuesError:
        return None
    length = float(np.linalg.norm(one)) * float(np.linalg.norm(two))
    return float(np.dot(one, two)) / length if 0 < length < math.inf else None


def kernel(model: Model, cell: CellMeasures) -> Array:
    """The values of the recurrent kernel of a measured cell as one vector.

    Raises:
        UnreadValuesError: they cannot be read.
    """
    weights = measures_of(model).weights
    with store_of(model.document) as store:
        values = [store.values(place, weights[place].shape) for place in cell.recurrents]
        return np.concatenate([block.ravel().copy() for one in values for block in one.blocks()])
