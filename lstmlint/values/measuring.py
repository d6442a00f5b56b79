"""From a model to its measures: every stored tensor is read once, those of large cells a few times."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from lstmlint.ir.dataclass import dataclass, field, replace
from lstmlint.ir.document import StoredTensor
from lstmlint.ir.measured import CellMeasures, Measured, RowMeasures, TensorMeasures, Unread, VarianceMeasures
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import traits_of
from lstmlint.values.layouts import PER_GATE, CellTensors, Matrix, NoGatesError, cell_tensors
from lstmlint.values.measures import cells
from lstmlint.values.measures.tensors import glorot_limit, tensor_measures
from lstmlint.values.owners import Owned, owned_tensors, slots_by_weight, weights_of
from lstmlint.values.stores.blocks import DamagedValuesError, Store, UnreadValuesError, Values
from lstmlint.values.stores.opening import store_of

if TYPE_CHECKING:
    from lstmlint.values.measures.tensors import Array

#: A tensor of a cell up to this size is held in memory until its cell is measured.
HELD_BYTES = 16 * 1024 * 1024

#: Half the width of the interval of `RandomUniform`, with which Keras fills an Embedding.
EMBEDDING_LIMIT = 0.05

EMBEDDING = "Embedding"

#: How the names of counters of training steps begin.
ITERATIONS = "iter"

#: The weight of a BatchNormalization whose values are judged one by one, and below which variance one is tiny.
VARIANCE = "moving_variance"
TINY = 1e-6

NOT_FINITE = Unknown("it holds values that are not finite")
TOO_LARGE = Unknown("its weights are too large to be multiplied")
TOO_MANY_UNITS = Unknown(f"more than {cells.MOST_UNITS} units are not compared with each other")


def measured(model: Model) -> Measured:
    """The measures of the values that the file of a model stores; empty where it stores none.

    Raises:
        UnreadableError: the file cannot be opened again.
    """
    if model.document.stored is None:
        return Measured()
    owned = tuple(owned_tensors(model))
    with store_of(model.document) as store, np.errstate(over="ignore", invalid="ignore"):
        scan = Scan(store)
        weights = weights_of(model, owned)
        scan.variances_at.update(place for place, weight in weights.items() if weight.name == VARIANCE)
        of_cells = [cell for one in owned if (cell := scan.cell(one)) is not None]
        tables = {one.tensors[0].place: one.layer.full_name for one in owned if is_embedding(one)}
        for tensor in (tensor for layer in model.document.stored for tensor in layer.tensors):
            scan.tensor(tensor, limit_of(tensor, tables))
        slots = slots_by_weight(model, owned)
        for slot in model.document.slots:
            scan.tensor(slot, 0.0)
        return Measured(
            tensors=scan.tensors,
            unread=scan.unread,
            weights=weights,
            cells=tuple(of_cells),
            rows=tuple(scan.rows(tables, slots)),
            variances=tuple(scan.variance(place, weights[place].layer) for place in scan.channels),
            slots=slots,
            iterations=scan.iterations(model.document.slots),
        )


def is_embedding(owned: Owned) -> bool:
    """Whether a layer is an Embedding with one table."""
    return owned.layer.class_name == EMBEDDING and [len(tensor.shape) for tensor in owned.tensors] == [2]


def limit_of(tensor: StoredTensor, tables: Mapping[str, str]) -> float:
    """Half the width of the interval from which Keras draws a tensor by default; 0 where it draws none."""
    if tensor.place in tables:
        return EMBEDDING_LIMIT
    return glorot_limit(tensor.shape) if len(tensor.shape) == 2 else 0.0


@dataclass(slots=True)
class Scan:
    """The tensors that were read so far.

    `zero` and `near` tell by place which rows are zero, and which are near zero; `channels` are the moving variances at
    `variances_at`; `counted` are single whole numbers.
    """

    store: Store
    tensors: dict[str, TensorMeasures] = field(default_factory=dict)
    unread: dict[str, Unread] = field(default_factory=dict)
    variances_at: set[str] = field(default_factory=set)
    channels: dict[str, Array] = field(default_factory=dict)
    zero: dict[str, Array] = field(default_factory=dict)
    near: dict[str, Array] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    def tensor(self, tensor: StoredTensor, limit: float, *, holds: bool = False) -> Matrix | None:
        """Measure a tensor, once; its matrix where it `holds`, `None` where its values cannot be read."""
        place = tensor.place
        if not holds and (place in self.tensors or place in self.unread):
            return None
        try:
            values = self.store.values(place, tensor.shape)
            kept: list[Array] = []
            is_held = holds and math.prod(tensor.shape) * 4 <= HELD_BYTES
            blocks = self._watched(place, values, kept if is_held else None)
            self.tensors[place] = tensor_measures(blocks, tensor.shape, limit)
        except UnreadValuesError as error:
            self.unread[place] = Unread(str(error), isinstance(error, DamagedValuesError))
            return None
        held = np.concatenate(kept).reshape(tensor.shape) if kept else np.zeros(tensor.shape) if is_held else None
        return Matrix(values, held)

    def _watched(self, place: str, values: Values, kept: list[Array] | None) -> Iterator[Array]:
        """The blocks of a tensor, with a note of its rows and of a single whole number."""
        zero, near = [], []
        for block in values.blocks():
            if kept is not None:
                kept.append(block.copy())
            if block.ndim == 2:
                zero.append(~block.any(axis=1))
                near.append((np.abs(block) <= EMBEDDING_LIMIT * (1 + 1e-6)).all(axis=1))
            elif values.shape == () and is_count(place, block):
                self.counted[place] = int(block.reshape(-1)[0])
            elif place in self.variances_at and block.size == math.prod(values.shape):
                self.channels[place] = block.copy()
            yield block
        if zero:
            self.zero[place], self.near[place] = np.concatenate(zero), np.concatenate(near)

    def cell(self, owned: Owned) -> CellMeasures | None:
        """The measures of a cell; `None` for another layer, and where its tensors cannot be read or told apart."""
        traits = traits_of(owned.layer.class_name)
        if not (traits.is_plain or traits.is_cudnn) or owned.layer.node.is_custom:
            return None
        matrices = [self.tensor(tensor, limit_of(tensor, {}), holds=True) for tensor in owned.tensors]
        known = [matrix for matrix in matrices if matrix is not None]
        if len(known) < len(matrices):
            return None
        try:
            cell = cell_tensors(owned.layer.class_name, known)
        except NoGatesError:
            return None
        return self._cell(owned, cell)

    def _cell(self, owned: Owned, cell: CellTensors) -> CellMeasures:
        kernels, recurrents, biases = (
            tuple(owned.tensors[at].place for at in cell.indices(role)) for role in range(PER_GATE)
        )
        unjudged = CellMeasures(
            layer=owned.layer.full_name,
            owner=owned.owner.full_name,
            kind=cell.kind.name,
            units=cell.units,
            features=cell.features,
            kernels=kernels,
            recurrents=recurrents,
            biases=biases,
            is_gate_wise=cell.is_apart,
        )
        if not all(self.tensors[tensor.place].is_finite for tensor in owned.tensors):
            return replace(unjudged, unmeasured=NOT_FINITE)
        has_forget_bias = owned.layer.config.get("unit_forget_bias", True) is not False
        of_gates = {gate.letter: gate.bias() for gate in cell.gates()} if biases else {}
        is_initial = cells.is_initial_bias(of_gates, has_forget_bias=has_forget_bias) if biases else None
        return with_products(replace(unjudged, has_initial_bias=is_initial), cell)

    def rows(self, tables: Mapping[str, str], slots: Mapping[str, tuple[str, ...]]) -> Iterator[RowMeasures]:
        """The rows of Embeddings that no optimizer slot has, and that lie where they were initialised."""
        for place, layer in tables.items():
            own = slots.get(place, ())
            if place in self.near and own and all(slot in self.zero for slot in own):
                untouched = self.near[place].copy()
                for slot in own:
                    untouched &= self.zero[slot]
                yield RowMeasures(layer, place, len(untouched), tuple(ranges(np.flatnonzero(untouched).tolist())))

    def variance(self, place: str, layer: str) -> VarianceMeasures:
        """The measures of a moving variance that was read whole; values that are not finite are not counted."""
        values = self.channels[place]
        return VarianceMeasures(
            layer=layer,
            place=place,
            channels=values.size,
            negative=int(np.count_nonzero(values < 0)),
            tiny=int(np.count_nonzero((values >= 0) & (values < TINY))),
            least=self.tensors[place].least,
        )

    def iterations(self, slots: Iterable[StoredTensor]) -> int | None:
        """The count of training steps: the first whole number among the variables of the optimizer."""
        return next((self.counted[slot.place] for slot in slots if slot.place in self.counted), None)


def with_products(measures: CellMeasures, cell: CellTensors) -> CellMeasures:
    """The measures of a cell with those that need products of its kernels."""
    if cell.units > cells.MOST_UNITS:
        return replace(measures, unmeasured=TOO_MANY_UNITS)
    product = cells.gram(gate.stored() for gate in cell.gates())
    if not np.isfinite(product).all():
        return replace(measures, unmeasured=TOO_LARGE)
    of_whole = cells.spectrum(product)
    del product
    orthogonality = of_whole.orthogonality
    if cell.is_apart:
        orthogonality = max(cells.orthogonality(cells.gram([gate.stored()])) for gate in cell.gates())
    units = cells.Units.of(cell.units)
    for gate in cell.gates():
        units.add(gate.name, gate.kernels(), gate.recurrent(), gate.bias())
    return replace(
        measures,
        orthogonality=orthogonality,
        singular=(of_whole.largest, of_whole.smallest),
        moved=of_whole.moved,
        of_units=units.result(),
    )


def is_count(place: str, block: Array) -> bool:
    """Whether a single number counts training steps: a whole one, or a float of that name (Keras before 2.0.6)."""
    if block.dtype.kind in "iu":
        return True
    value = float(block.reshape(-1)[0])
    return place.rpartition("/")[2].startswith(ITERATIONS) and value.is_integer() and value >= 0


def ranges(indices: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and last index of each unbroken run of rising indices."""
    first = last = None
    for index in indices:
        if first is None or last is None:
            first = last = index
        elif index == last + 1:
            last = index
        else:
            yield first, last
            first = last = index
    if first is not None and last is not None:
        yield first, last
