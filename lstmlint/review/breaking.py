"""The changes that break something: callers, saved weights, code that names layers, results, budgets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from lstmlint.analyses.activations import is_inert
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Shape, Unknown, is_dims
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.causes import singles
from lstmlint.review.categories import BREAKS, Category
from lstmlint.review.change import Row, Tensor, TensorChange, output_text
from lstmlint.review.compare import Read, tensor_changes
from lstmlint.review.facts import SPEED, ValueChange
from lstmlint.review.layers import INPUT, is_sequential, renamed_paths, rows, weights_text
from lstmlint.review.words import class_text, value_text
from lstmlint.settings.presets import BUDGET_RULE

#: Endings of keys that matter only for training or for the initial weights.
TRAINING_ENDINGS = ("_initializer", "_regularizer", "_constraint")
TRAINING_KEYS = frozenset({"trainable", "seed", "activity_regularizer", "unit_forget_bias"})

#: Keys that only matter for training, and the classes whose keys all do.
DROPPED = frozenset({"dropout", "recurrent_dropout", "rate", "noise_shape", "stddev", "sigma", "momentum"})
COMPUTES = frozenset({"ActivityRegularization"})

#: Keys that change how a layer takes its input, not what it gives.
HARMLESS = frozenset({"optional", "sparse", "ragged", "input_length"})

NUMBERS = lazy_pattern(r"\d[\d,.]*")


@dataclass(frozen=True, slots=True)
class Break:
    """One change that breaks something: the layer (empty for the whole model), and the value before and after."""

    category: Category
    layer: str
    what: str
    old: str
    new: str

    @property
    def breaks(self) -> str:
        """The users or data that the change breaks."""
        return BREAKS[self.category]


#: The break of a deleted model.
DELETED = Break(Category.FILE, "", "file", "a model", "deleted")


def breaks(old: Read, new: Read, categories: Iterable[Category] = tuple(Category)) -> tuple[Break, ...]:
    """The changes of some categories that break something, in the order of the categories and then of the layers."""
    layer_rows = rows(old.model, new.model)
    wanted = set(categories)
    judges: Mapping[Category, Callable[[], Iterator[Break]]] = {
        Category.INPUT: lambda: _ends(Category.INPUT, tensor_changes(old.model, new.model, "inputs")),
        Category.OUTPUT: lambda: _ends(Category.OUTPUT, tensor_changes(old.model, new.model, "outputs")),
        Category.WEIGHTS: lambda: _weights(layer_rows),
        Category.NAMES: lambda: _names(layer_rows, is_sequential(old.model) or is_sequential(new.model)),
        Category.SEMANTICS: lambda: _semantics(layer_rows),
        Category.BUDGET: lambda: _budget(old.analysis, new.analysis, renamed_paths(layer_rows)),
    }
    return tuple(one for category, judge in judges.items() if category in wanted for one in judge())


def unjudged(old: Read, new: Read) -> tuple[str, ...]:
    """The layers with unknown weights on a side; nobody can say whether the old weights fit."""
    layers = [*old.model.layers, *new.model.layers]
    return tuple(dict.fromkeys(layer.name for layer in layers if isinstance(layer.weights, Unknown)))


def _ends(category: Category, changes: Sequence[TensorChange]) -> Iterator[Break]:
    """Breaks of inputs or outputs with other shapes or dtypes; an input that takes more shapes breaks nothing."""
    noun = category.lower()
    for one in changes:
        layer = (one.new or one.old or Tensor("", (), "")).name
        if one.old is None or one.new is None:
            what = f"{noun} {one.position} is {'new' if one.old is None else 'gone'}"
            yield Break(category, layer, what, _text(one.old), _text(one.new))
            continue
        is_narrower = _is_narrower(one.old.shape, one.new.shape, takes=category is Category.INPUT)
        if is_narrower or one.old.dtype != one.new.dtype:
            yield Break(category, layer, f"{noun} {one.position}", one.old.text, one.new.text)


def _text(tensor: Tensor | None) -> str:
    return tensor.text if tensor else "none"


def _is_narrower(old: Shape, new: Shape, *, takes: bool) -> bool:
    """Whether a tensor cannot be used as before: an input takes fewer shapes, an output gives another shape."""
    if not is_dims(old) or not is_dims(new):
        return False
    if len(old) != len(new):
        return True
    pairs = [pair for pair in zip(old, new, strict=True) if not any(isinstance(dim, Unknown) for dim in pair)]
    return any(one != other and (other is not None if takes else one is not None) for one, other in pairs)


def _kept(row: Row) -> list[Row]:
    """The layers inside a row that both sides have."""
    return [inner for inner in row.inner if inner.old and inner.new]


def _apart(row: Row) -> list[Row]:
    """The layers inside a row that only one side has."""
    return [inner for inner in row.inner if not (inner.old and inner.new)]


def _weights(layer_rows: Sequence[Row]) -> Iterator[Break]:
    """Breaks of layers whose weights have other shapes or another position in the order, or are gone or new."""
    for row in layer_rows:
        if row.nests or row.spills:
            yield from _weights_around(row)
        elif row.old is None or row.new is None:
            yield from _weights_on_one_side(row)
        elif row.old.model is not None and row.new.model is not None:
            yield from _weights(row.inner)
        else:
            yield from _weights_on_both_sides(row, row.old, row.new)


def _weights_around(row: Row) -> Iterator[Break]:
    """Breaks of layers that a nested model took in or released: the order of all weights changes."""
    kept = [inner.layer.name for inner in _kept(row) if inner.layer.params != 0]
    if kept:
        place = row.layer.name
        told = ("around", f"in {place}") if row.nests else (f"in {place}", "around")
        yield Break(Category.WEIGHTS, place, f"weights of {', '.join(kept)}", *told)
    yield from _weights(_apart(row))
    yield from _weights([inner for inner in _kept(row) if inner.changes])


def _weights_on_one_side(row: Row) -> Iterator[Break]:
    if row.layer.params != 0 and not isinstance(row.layer.params, Unknown):
        old, new = (_weight_words(layer) for layer in (row.old, row.new))
        yield Break(Category.WEIGHTS, row.layer.full_name, "weights", old, new)


def _weights_on_both_sides(row: Row, old: Layer, new: Layer) -> Iterator[Break]:
    if isinstance(old.weights, Unknown) or isinstance(new.weights, Unknown):
        return
    if weights_text(old.weights) != weights_text(new.weights):
        yield Break(Category.WEIGHTS, row.layer.full_name, "weights", _weight_words(old), _weight_words(new))
    elif row.has_moved and row.layer.params != 0:
        was, now = (row.inputs.old, row.inputs.new) if row.inputs else ("", "")
        yield Break(Category.WEIGHTS, row.layer.full_name, "place in the order", f"after {was}", f"after {now}")


def _weight_words(layer: Layer | None) -> str:
    if layer is None or isinstance(layer.weights, Unknown):
        return "none"
    texts = [f"{one.name} {text}" for one, text in zip(layer.weights, weights_text(layer.weights), strict=True)]
    return ", ".join(texts) or "none"


def _names(layer_rows: Sequence[Row], is_nameless: bool) -> Iterator[Break]:
    """Breaks of names that are gone: of renamed and removed layers, and of layers that are inside another model now."""
    for row in layer_rows:
        if row.old is None or (is_nameless and row.old.class_name == INPUT):
            yield from _paths_inside(row)
            continue
        if row.new is None:
            yield Break(Category.NAMES, row.old.full_name, "name", row.old.full_name, "gone")
        elif row.is_renamed:
            yield Break(Category.NAMES, row.new.full_name, "name", row.old.full_name, row.new.full_name)
        yield from _names(_with_names_inside(row), is_nameless=True)


def _paths_inside(row: Row) -> Iterator[Break]:
    """Breaks of the layers that a new model takes in: their paths begin with its name now."""
    for inner in _kept(row) if row.nests else ():
        if inner.old and inner.new:
            yield Break(Category.NAMES, inner.new.full_name, "path", inner.old.full_name, inner.new.full_name)


def _with_names_inside(row: Row) -> Sequence[Row]:
    """The layers inside an old model whose names may be gone as well."""
    if row.new is None:
        return [one for one in row.inner if one.new is None] if row.spills else ()
    return row.inner if row.old and row.old.model else ()


def _semantics(layer_rows: Sequence[Row]) -> Iterator[Break]:
    """Breaks of results: layers that compute other outputs with the same weights."""
    for row in layer_rows:
        if row.old is None or row.new is None:
            yield from _semantics_on_one_side(row)
        else:
            yield from _semantics_on_both_sides(row, row.old, row.new)
            yield from _semantics(row.inner)


def _semantics_on_one_side(row: Row) -> Iterator[Break]:
    """Breaks of a layer that is new or gone, or of the layers that a nested model took in or released."""
    if row.nests or row.spills:
        yield from _semantics([*_apart(row), *_kept(row)])
    elif not is_inert(row.layer) and row.layer.class_name != INPUT:
        label = f"{class_text(row.layer)} {output_text(row.layer)}"
        old, new = ("none", label) if row.new else (label, "none")
        yield Break(Category.SEMANTICS, row.layer.full_name, "layer", old, new)


def _semantics_on_both_sides(row: Row, old: Layer, new: Layer) -> Iterator[Break]:
    name = row.layer.full_name
    if row.has_other_class:
        yield Break(Category.SEMANTICS, name, "class", class_text(old), class_text(new))
    for change in row.changes:
        if computes(change, row.layer):
            yield Break(Category.SEMANTICS, name, change.key, value_text(change.old), value_text(change.new))
    if row.inputs and not is_inert(row.layer):
        what = "place" if row.has_moved else "called on"
        yield Break(Category.SEMANTICS, name, what, row.inputs.old, row.inputs.new)


def computes(change: ValueChange, layer: Layer) -> bool:
    """Whether a key of a config changes the results of a model, not only its training or its speed."""
    key = change.key.rpartition(".")[2]
    if key in TRAINING_KEYS or key.endswith(TRAINING_ENDINGS) or key in SPEED or key in HARMLESS:
        return False
    is_training = layer.class_name in COMPUTES or (key in DROPPED and layer.class_name != "Lambda")
    return not is_training and key not in ("weights", "mode") and not layer.class_name.startswith("Random")


def _budget(old: Analysis, new: Analysis, renamed: Mapping[str, str]) -> Iterator[Break]:
    """Breaks of budgets that are exceeded now and were met before; further growth beyond a budget is no break."""
    known = Counter(
        _measure(renamed.get(one.finding.location.layer, one.finding.location.layer), one.finding.message)
        for one in singles(old.diagnostics)
        if one.rule == BUDGET_RULE
    )
    for one in singles(new.diagnostics):
        layer, message = one.finding.location.layer, one.finding.message
        if one.rule == BUDGET_RULE and _measure(layer, message) not in known:
            yield Break(Category.BUDGET, layer, "budget", "met", message)


def _measure(layer: str, message: str) -> tuple[str, str]:
    """The layer and the measure: the message up to its explanation, without numbers."""
    return layer, NUMBERS.sub("", re.split(r"[;:]", message)[0])
