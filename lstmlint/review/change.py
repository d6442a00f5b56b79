"""The difference between two models as frozen data, which the formats only write."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.lineage import Lineage
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Count, Shape, Unknown, to_text
from lstmlint.ir.shown import Presented
from lstmlint.review.facts import ValueChange


class Kind(StrEnum):
    """The kind of change of a layer."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Row:
    """One layer in both models; `old` or `new` is `None` where only one model has it.

    `inputs` are the layers that it is called on, where these have changed; inserted, removed and moved layers between
    do not count. `has_moved` says that its position in the order has changed. `inner` are the layers of a nested model.
    A nested model that took in layers from around it has `nests`, one whose layers are around it now has `spills`.
    """

    old: Layer | None
    new: Layer | None
    changes: tuple[ValueChange, ...] = ()
    inputs: ValueChange | None = None
    has_moved: bool = False
    inner: tuple[Row, ...] = ()
    nests: bool = False
    spills: bool = False

    @property
    def layer(self) -> Layer:
        """The new layer, or the old one where it is gone."""
        layer = self.new or self.old
        assert layer is not None
        return layer

    @property
    def kind(self) -> Kind:
        if self.old is None:
            return Kind.ADDED
        if self.new is None:
            return Kind.REMOVED
        is_own = self.is_renamed or self.has_other_class or self.has_other_shape or self.params_delta not in (0, None)
        is_other = is_own or self.changes or self.inputs or self.has_moved
        return Kind.CHANGED if is_other or any(self.changed_inner) else Kind.UNCHANGED

    @property
    def changed_inner(self) -> Iterator[Row]:
        return (row for row in self.inner if row.kind is not Kind.UNCHANGED)

    @property
    def is_renamed(self) -> bool:
        return self.old is not None and self.new is not None and self.old.name != self.new.name

    @property
    def has_other_class(self) -> bool:
        if self.old is None or self.new is None:
            return False
        return self.old.class_name != self.new.class_name and not (self.old.model and self.new.model)

    @property
    def has_other_shape(self) -> bool:
        if self.old is None or self.new is None:
            return False
        return differ(output_text(self.old), output_text(self.new))

    @property
    def params_delta(self) -> int | None:
        """New parameters less old ones; `None` where one of them is unknown."""
        before = self.old.params if self.old else 0
        after = self.new.params if self.new else 0
        return None if isinstance(before, Unknown) or isinstance(after, Unknown) else after - before


def differ(old: str, new: str) -> bool:
    """Whether two texts of shapes differ where both are known."""
    return old != new and "?" not in old and "?" not in new


def output_text(layer: Layer) -> str:
    """The output shapes of all calls, each once."""
    return ", ".join(dict.fromkeys(to_text(call.outputs) for call in layer.calls)) or "?"


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output of a model: the layer that makes it, its shape and its dtype."""

    name: str
    shape: Shape
    dtype: str

    @property
    def text(self) -> str:
        return f"{self.name} {to_text(self.shape)} {self.dtype}"


@dataclass(frozen=True, slots=True)
class TensorChange:
    """An input or output at one position; `None` on the side that has none there."""

    position: int
    old: Tensor | None
    new: Tensor | None


@dataclass(frozen=True, slots=True)
class Total:
    """A number of the whole model, before and after."""

    name: str
    title: str
    unit: str
    old: Count
    new: Count

    @property
    def is_changed(self) -> bool:
        return isinstance(self.old, int) and isinstance(self.new, int) and self.old != self.new


@dataclass(frozen=True, slots=True)
class FindingChange:
    """The findings of the rules: those of the new model only, those of the old one only, and the number in both."""

    new: tuple[Diagnostic, ...] = ()
    fixed: tuple[Diagnostic, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class LoadChange:
    """A run of Keras versions, from `first` to `last`, with another outcome of loading; `reason` is the cause."""

    first: str
    last: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two files: its name, container, Keras version, title and size in bytes."""

    name: str
    container: str
    keras_version: str
    title: str
    size: int


@dataclass(frozen=True, slots=True)
class Diff(Presented):
    """All differences between two models; `rows` hold the unchanged layers, too.

    `lineage` is the kinship of the stored values, where somebody asked for it.
    `str` is what `lstmlint diff` prints.
    """

    old: Side
    new: Side
    file: tuple[ValueChange, ...]
    rows: tuple[Row, ...]
    inputs: tuple[TensorChange, ...]
    outputs: tuple[TensorChange, ...]
    totals: tuple[Total, ...]
    training: tuple[ValueChange, ...]
    findings: FindingChange
    loads: tuple[LoadChange, ...]
    lineage: Lineage | None = None

    def __repr__(self) -> str:
        return f"<Diff old={self.old.name!r} new={self.new.name!r} is_empty={self.is_empty}>"

    @property
    def has_structural_change(self) -> bool:
        """Whether a layer, an input or an output differs."""
        return bool(self.inputs or self.outputs) or any(row.kind is not Kind.UNCHANGED for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs; the size of the files does not count, and values only where they were asked for."""
        rest = (self.file, self.training, self.findings.new, self.findings.fixed, self.loads)
        totals = any(one.is_changed for one in self.totals if one.name != FILE_SIZE)
        values = self.lineage is not None and not self.lineage.is_same
        return not self.has_structural_change and not any(rest) and not totals and not values


#: The total that is no property of the model.
FILE_SIZE = "file_bytes"
