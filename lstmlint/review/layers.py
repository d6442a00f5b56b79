"""The layers of two models side by side, including those of nested models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lstmlint.ir.dataclass import dataclass, field, replace
from lstmlint.ir.graph import LayerCall, TensorRef, references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.ir.weight import Weights
from lstmlint.keras.names import snake_case
from lstmlint.review.align import Alignment, Key, align
from lstmlint.review.change import Row
from lstmlint.review.facts import LayerFacts, Spelling, ValueChange, changes, spelling_of
from lstmlint.review.normal import canonical

INPUT = "InputLayer"

#: The class that stands for every nested model, and the roles of wrapped layers.
MODEL = "model"
CORES = ("forward", "layer")

#: The keys of the width of a layer.
WIDTHS = ("units", "filters", "output_dim")

#: Arguments of a call that are no inputs.
RUNNING = frozenset({"training"})


@dataclass(frozen=True, slots=True)
class Level:
    """The compared layers of one model, with the values of their configs."""

    model: Model
    spelling: Spelling
    layers: tuple[Layer, ...]
    facts: tuple[LayerFacts, ...]
    at: Mapping[str, int] = field(default_factory=dict)
    inputs: Mapping[str, int] = field(default_factory=dict)

    def key(self, position: int) -> Key:
        layer, facts = self.layers[position], self.facts[position]
        core = next((layer.children[role] for role in CORES if role in layer.children), layer)
        config = canonical([inner_config(layer, self.spelling), facts.values])
        width = next((core.config[key] for key in WIDTHS if key in core.config), None)
        return Key(
            name=layer.name,
            class_name=MODEL if layer.model else layer.class_name,
            config=config,
            core=f"{core.class_name} {canonical(width)}",
            is_made_up=is_made_up(layer),
            has_weights=layer.params != 0,
        )


def rows(old: Model, new: Model) -> tuple[Row, ...]:
    """Each layer of both models once, in the order of the new model; removed layers at their old positions."""
    has_inputs = not (is_sequential(old) or is_sequential(new))
    return _rows(
        _level(old, spelling_of(old.document), has_inputs=has_inputs),
        _level(new, spelling_of(new.document), has_inputs=has_inputs),
    )


def renamed_paths(rows: Iterable[Row]) -> dict[str, str]:
    """Old path -> new path of each layer that is in both models."""
    paths = {}
    for row in rows:
        if row.old is not None and row.new is not None:
            paths[row.old.full_name] = row.new.full_name
            names = zip(row.old.walk(), row.new.walk(), strict=False) if not row.old.model else ()
            paths |= {one.full_name: other.full_name for one, other in names}
        paths |= renamed_paths(row.inner)
    return paths


def is_sequential(model: Model) -> bool:
    return model.graph is not None and model.graph.is_sequential


def is_made_up(layer: Layer) -> bool:
    """Whether a layer has the name that Keras makes up for its class: `lstm`, `lstm_1`."""
    stem, _, number = layer.name.rpartition("_")
    made_up = snake_case(layer.node.written_class)
    return layer.name == made_up or (stem == made_up and number.isdecimal())


def inner_config(layer: Layer, spelling: Spelling) -> Any:
    """The layers of a nested model with their configs, to compare models as a whole; `None` for other layers."""
    if layer.model is None:
        return None
    inner = (one for one in layer.model.layers if one.class_name != INPUT)
    return [[one.class_name, inner_config(one, spelling), dict(spelling.facts(one).values)] for one in inner]


def _level(model: Model, spelling: Spelling, *, has_inputs: bool) -> Level:
    layers = tuple(layer for layer in model.listed_layers if has_inputs or layer.class_name != INPUT)
    facts = tuple(spelling.facts(layer) for layer in layers)
    at = {layer.name: position for position, layer in enumerate(layers)}
    return Level(model, spelling, layers, facts, at, _input_positions(model))


def _input_positions(model: Model) -> dict[str, int]:
    """The position of each input among the inputs of a model; the first one of a repeated name."""
    names = [layer.name for layer in model.layers if layer.class_name == INPUT]
    return {name: position for position, name in reversed(list(enumerate(names)))}


def _rows(old: Level, new: Level) -> tuple[Row, ...]:
    alignment = align([old.key(at) for at in range(len(old.layers))], [new.key(at) for at in range(len(new.layers))])
    moved = _rewired(old, new, alignment)
    sources = Sources.of(old, new, alignment, moved)
    by_new = {other: _row(old, one, new, other, sources, alignment.moved, moved) for one, other in alignment.pairs}
    by_new |= {other: Row(None, new.layers[other]) for other in alignment.added}
    removed = {one: Row(old.layers[one], None) for one in alignment.removed}
    by_new, removed = _nested(old, new, by_new, removed)
    removed, by_new = _spilled(old, new, removed, by_new)
    return tuple(_in_order(by_new, removed, alignment))


def _rewired(old: Level, new: Level, alignment: Alignment) -> frozenset[int]:
    """The layers at another position in the order whose inputs have changed, too.

    The order of a functional model says nothing about its connections.
    """
    sources = Sources.of(old, new, alignment, alignment.moved)
    return frozenset(
        other for one, other in alignment.pairs if other in alignment.moved and not sources.agree(one, other)
    )


def _row(
    old: Level, one: int, new: Level, other: int, sources: Sources, listed: frozenset[int], moved: frozenset[int]
) -> Row:
    before, after = old.layers[one], new.layers[other]
    # Weights are stored in the order of layers, so for a layer with weights a new position alone is a change.
    has_moved = other in moved or (other in listed and after.params != 0)
    row = Row(before, after, _changes(old, one, new, other), has_moved=has_moved)
    if other in moved or not sources.agree(one, other):
        row = replace(row, inputs=ValueChange("inputs", inputs_text(before), inputs_text(after)))
    if before.model is not None and after.model is not None:
        return replace(row, inner=_inner(before.model, old.spelling, after.model, new.spelling))
    return row


def _inner(old: Model, old_spelling: Spelling, new: Model, new_spelling: Spelling) -> tuple[Row, ...]:
    has_inputs = not (is_sequential(old) or is_sequential(new))
    return _rows(_level(old, old_spelling, has_inputs=has_inputs), _level(new, new_spelling, has_inputs=has_inputs))


def _changes(old: Level, one: int, new: Level, other: int) -> tuple[ValueChange, ...]:
    """The differences of two configs; where one side wraps the class of the other, the wrapped layer is compared."""
    before, after = old.layers[one], new.layers[other]
    left, right = old.facts[one], new.facts[other]
    if before.class_name != after.class_name:
        for role in CORES:
            if _wraps(after, role, before):
                return changes(_wrapped(left), _unwrapped(right))
            if _wraps(before, role, after):
                return changes(_unwrapped(left), _wrapped(right))
    value_changes = changes(left, right)
    weights = weights_text(before.weights), weights_text(after.weights)
    is_silent = not value_changes and before.params == after.params and before.class_name == after.class_name
    is_known = not isinstance(before.weights, Unknown) and not isinstance(after.weights, Unknown)
    if is_silent and is_known and not before.model and sorted(weights[0]) != sorted(weights[1]):
        return (ValueChange("weights", ", ".join(weights[0]), ", ".join(weights[1])),)
    return value_changes


def weights_text(weights: Weights) -> list[str]:
    """The shapes of the weights of a layer as texts; separate gates and merged gates give different texts."""
    from lstmlint.ir.shape import to_text

    return [] if isinstance(weights, Unknown) else [to_text(weight.shape) for weight in weights]


def _wraps(wrapper: Layer, role: str, layer: Layer) -> bool:
    return role in wrapper.children and wrapper.children[role].class_name == layer.class_name


def _wrapped(facts: LayerFacts) -> LayerFacts:
    """The facts of a layer as those of the layer in a wrapper."""
    return replace(facts, values=_under_layer(facts.values), defaults=_under_layer(facts.defaults))


def _under_layer(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"layer.{key}": value for key, value in values.items()}


def _unwrapped(facts: LayerFacts) -> LayerFacts:
    """The facts of a wrapper as those of the one layer in it, without the wrapper's own dtype and `trainable`."""
    return replace(facts, values=_one_layer(facts.values), defaults=_one_layer(facts.defaults))


def _one_layer(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in values.items() if not key.startswith(("backward.", "dtype", "trainable"))}
    return {re.sub(r"^forward\.", "layer.", key): value for key, value in kept.items()}


@dataclass(frozen=True, slots=True)
class Sources:
    """The origins of the inputs of layers, in names that both sides share; layers of one side only are skipped."""

    old: Level
    new: Level
    names_old: Mapping[int, str]
    names_new: Mapping[int, str]

    @classmethod
    def of(cls, old: Level, new: Level, alignment: Alignment, moved: frozenset[int]) -> Sources:
        stays = [(one, other) for one, other in alignment.pairs if other not in moved]
        return cls(
            old, new,
            {one: f"layer {index}" for index, (one, _) in enumerate(stays)},
            {other: f"layer {index}" for index, (_, other) in enumerate(stays)},
        )  # fmt: skip

    def agree(self, one: int, other: int) -> bool:
        """Whether two layers are called on the same inputs, as far as that is known."""
        calls = self.old.layers[one].node.calls, self.new.layers[other].node.calls
        if not calls[0] or not calls[1]:
            return True
        left = [_call(call, self.old, self.names_old) for call in calls[0]]
        right = [_call(call, self.new, self.names_new) for call in calls[1]]
        return canonical(left) == canonical(right)


def _call(call: LayerCall, level: Level, names: Mapping[int, str]) -> Any:
    """A call as the origins of its tensors and its other arguments; Keras 2 and 3 write both differently."""
    arguments = {key: value for key, value in call.arguments.items() if key not in RUNNING}
    constants = _constants([call.inputs, *(arguments[key] for key in sorted(arguments))])
    return [[_origin(one, level, names) for one in (*references(call.inputs), *references(arguments))], constants]


def _constants(value: Any) -> list[Any]:
    """The values in nested lists and mappings that are no tensors, without None and False."""
    if isinstance(value, list | tuple):
        return [constant for item in value for constant in _constants(item)]
    if isinstance(value, Mapping):
        return [constant for item in value.values() for constant in _constants(item)]
    return [] if isinstance(value, TensorRef) or value is None or value is False else [value]


def _origin(reference: TensorRef, level: Level, names: Mapping[int, str]) -> Any:
    seen = set()
    while reference.layer not in seen:
        seen.add(reference.layer)
        at = level.at.get(reference.layer)
        if at is None:
            return [f"input {level.inputs.get(reference.layer, -1)}"]
        calls = level.layers[at].node.calls
        if at in names or not 0 <= reference.call < len(calls):
            break
        given = list(calls[reference.call].references())
        if len(given) != 1:
            break
        reference = given[0]
    at = level.at.get(reference.layer)
    return [names.get(-1 if at is None else at, f"another layer, {reference.layer}"), reference.call, reference.index]


def inputs_text(layer: Layer) -> str:
    """The layers that a layer is called on."""
    calls = (", ".join(dict.fromkeys(one.layer for one in call.references())) for call in layer.node.calls)
    return "; ".join(calls) or "nothing"


Rows = dict[int, Row]


def _nested(old: Level, new: Level, added: Rows, removed: Rows) -> tuple[Rows, Rows]:
    """The rows, where the layers that a new nested model took in become its own."""
    for other, row in list(added.items()):
        model = row.layer.model
        if row.old is None and model is not None:
            inner = _level(model, new.spelling, has_inputs=False)
            outer = replace(old, **_only(old, list(removed)))
            inner_rows, taken = _taken_in(outer, list(removed), inner)
            if inner_rows:
                added[other] = replace(row, inner=inner_rows, nests=True)
                removed = {at: one for at, one in removed.items() if at not in taken}
    return added, removed


def _spilled(old: Level, new: Level, removed: Rows, added: Rows) -> tuple[Rows, Rows]:
    """The rows, where the layers of a removed nested model that are around it now become its own."""
    for one, row in list(removed.items()):
        model = row.layer.model
        if model is not None:
            inner = _level(model, old.spelling, has_inputs=False)
            alone = [at for at, other in added.items() if other.old is None and not other.nests]
            outer = replace(new, **_only(new, alone))
            inner_rows, taken = _taken_in(inner, alone, outer, spills=True)
            if inner_rows:
                removed[one] = replace(row, inner=inner_rows, spills=True)
                added = {at: other for at, other in added.items() if at not in taken}
    return removed, added


def _only(level: Level, positions: Sequence[int]) -> dict[str, Any]:
    return {
        "layers": tuple(level.layers[at] for at in positions),
        "facts": tuple(level.facts[at] for at in positions),
    }


def _taken_in(
    old: Level, positions: Sequence[int], new: Level, *, spills: bool = False
) -> tuple[tuple[Row, ...], set[int]]:
    """Rows of a nested model whose layers are mostly on the other side around it, and the positions of those layers."""
    old_keys = [old.key(at) for at in range(len(old.layers))]
    new_keys = [new.key(at) for at in range(len(new.layers))]
    alignment = align(old_keys, new_keys)
    pairs = [
        (one, other)
        for one, other in alignment.pairs
        if old_keys[one].name == new_keys[other].name or old_keys[one].config == new_keys[other].config
    ]
    inside = len(old.layers) if spills else len(new.layers)
    if not pairs or 2 * len(pairs) < inside:
        return (), set()
    paired_old, paired_new = {one for one, _ in pairs}, {other for _, other in pairs}
    inner = [Row(old.layers[one], new.layers[other], _changes(old, one, new, other)) for one, other in pairs]
    if spills:
        inner += [Row(layer, None) for at, layer in enumerate(old.layers) if at not in paired_old]
    else:
        inner += [Row(None, layer) for at, layer in enumerate(new.layers) if at not in paired_new]
    around = paired_new if spills else paired_old
    return tuple(inner), {positions[at] for at in around}


def _in_order(by_new: Rows, removed: Rows, alignment: Alignment) -> Iterator[Row]:
    """The rows in the order of the new model, each removed layer behind its old predecessor."""
    followed = {one: other for one, other in alignment.pairs if other not in alignment.moved}
    behind: dict[int, list[Row]] = {}
    for one, row in removed.items():
        before = max((at for at in followed if at < one), default=None)
        behind.setdefault(-1 if before is None else followed[before], []).append(row)
    yield from behind.get(-1, ())
    # A row that another one took in leaves its position, but the rows removed behind it stay.
    last = max([*by_new, *behind], default=-1)
    for at in range(last + 1):
        if at in by_new:
            yield by_new[at]
        yield from behind.get(at, ())
