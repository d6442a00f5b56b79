"""One table of what layers do to the meaning of axes: keep, drop, make, move, merge and split them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from lstmlint.analyses.axes.roles import BATCH, NOTHING, UNTOLD, Axis, Meaning, Role, fitting, joined, reshaped, whole
from lstmlint.analyses.sequences import recurrent_core
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Dims, Shape, Unknown, is_dims
from lstmlint.keras.classes import Axes, Traits, traits_of

CHANNELS_FIRST = "channels_first"

#: The most origins that the name of a concatenated axis lists; beyond, it is named by its layer.
MOST_ORIGINS = 3

#: The beginning of the names of layers that leave nothing of spatial axes.
GLOBAL = "Global"


@dataclass(frozen=True, slots=True)
class Applied:
    """A layer on tensors: the meaning and the shape of each input, and the shape of one output."""

    layer: Layer
    inputs: tuple[Meaning, ...]
    shapes: tuple[Shape, ...]
    made: Dims
    index: int = 0

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of the first input; all of them unknown where their number is."""
        given = self.inputs[0] if self.inputs else UNTOLD
        rank = len(self.shapes[0]) if self.shapes and is_dims(self.shapes[0]) else 0
        return (UNTOLD,) * rank if isinstance(given, Unknown) else given

    @property
    def given(self) -> Dims:
        """The shape of the first input; empty where it is unknown."""
        shape = self.shapes[0] if self.shapes else UNTOLD
        return shape if is_dims(shape) else ()

    def features(self, axis: int, noun: str) -> Axis:
        """An axis of the output that the layer itself makes."""
        return whole(Role.FEATURES, self.made[axis], self.layer.name, noun)

    def kept(self, axis: Axis, before: int, after: int) -> Axis:
        """An axis that the layer keeps, perhaps with another length."""
        if isinstance(axis, Unknown) or before >= len(self.given) or self.given[before] == self.made[after]:
            return axis
        part = axis[0] if len(axis) == 1 else None
        if part is None:
            return UNTOLD
        return whole(part.role, self.made[after], part.origin, part.noun, (*part.changed_by, self.layer.name))


Effect: TypeAlias = Callable[[Applied], Meaning]


def meaning(one: Applied) -> Meaning:
    """The meaning of an output of a layer, held against its shape."""
    return fitting(_effect(one.layer)(one), one.made)


def _effect(layer: Layer) -> Effect:
    traits = traits_of(layer.class_name)
    if layer.node.is_custom:
        return _unknown
    if layer.class_name in EFFECTS:
        return EFFECTS[layer.class_name]
    return next((effect for holds, effect in BY_TRAITS if holds(traits)), _unknown)


def _unknown(one: Applied) -> Meaning:
    return UNTOLD


def _same(one: Applied) -> Meaning:
    return one.axes


def _last(one: Applied) -> Meaning:
    return (*one.axes[:-1], one.features(-1, "units"))


def _embedded(one: Applied) -> Meaning:
    return (*one.axes, one.features(-1, "units"))


def _recurrent(one: Applied) -> Meaning:
    """A sequence, its last step, or a state."""
    core = recurrent_core(one.layer)
    if core is None or core.config.get("time_major"):
        return UNTOLD
    is_sequence = bool(core.config.get("return_sequences"))
    outputs = 2 if one.layer.config.get("merge_mode", "") is None else 1
    time = one.axes[1:2] if is_sequence and one.index < outputs else ()
    if traits_of(core.class_name).dimensions:
        return _convolved_recurrent(one, core, time)
    return (BATCH, *time, one.features(-1, "units"))


def _convolved_recurrent(one: Applied, core: Layer, time: tuple[Axis, ...]) -> Meaning:
    is_first = core.config.get("data_format") == CHANNELS_FIRST
    rank, offset = len(one.made), 2 - (1 + len(time))
    made: list[Axis] = [BATCH, *time]
    channels = len(made) if is_first else rank - 1
    for at in range(len(made), rank):
        is_channels = at == channels
        made.append(one.features(at, "filters") if is_channels else _kept(one, at + offset, at))
    return tuple(made)


def _kept(one: Applied, before: int, after: int) -> Axis:
    return one.kept(one.axes[before], before, after) if before < len(one.axes) else UNTOLD


def _window(one: Applied) -> Meaning:
    """A layer that slides over spatial axes, resizes or joins them."""
    if one.layer.class_name.startswith(GLOBAL):
        return _global_pooling(one)
    traits = traits_of(one.layer.class_name)
    makes_filters = traits.applies_activation
    channels = 1 if one.layer.config.get("data_format") == CHANNELS_FIRST else len(one.made) - 1
    return tuple(
        one.features(at, "filters") if at == channels and makes_filters else _kept(one, at, at)
        for at in range(len(one.made))
    )


def _global_pooling(one: Applied) -> Meaning:
    is_first = one.layer.config.get("data_format") == CHANNELS_FIRST
    channels = one.axes[1] if is_first and len(one.axes) > 1 else one.axes[-1] if one.axes else UNTOLD
    if len(one.made) == 2:
        return BATCH, channels
    gone = (NOTHING,) * (len(one.made) - 2)
    return (BATCH, channels, *gone) if is_first else (BATCH, *gone, channels)


def _flattened(one: Applied) -> Meaning:
    inner = one.axes[1:]
    if any(isinstance(axis, Unknown) for axis in inner):
        return BATCH, UNTOLD
    return BATCH, joined(part for axis in inner if not isinstance(axis, Unknown) for part in axis)


def _reshaped(one: Applied) -> Meaning:
    return (BATCH, *reshaped(one.axes[1:], one.given[1:], one.made[1:]))


def _permuted(one: Applied) -> Meaning:
    order = one.layer.config.get("dims")
    if not isinstance(order, list) or sorted(map(str, order)) != [str(at) for at in range(1, len(one.axes))]:
        return UNTOLD
    return (BATCH, *(one.axes[axis] for axis in order))


def _repeated(one: Applied) -> Meaning:
    if len(one.axes) != 2:
        return UNTOLD
    return BATCH, whole(Role.TIME, one.made[1], one.layer.name, "repeats"), one.axes[1]


def _concatenated(one: Applied) -> Meaning:
    axis, rank = one.layer.config.get("axis", -1), len(one.made)
    if not isinstance(axis, int) or not -rank <= axis < rank:
        return UNTOLD
    merged = _agreed(one.inputs, rank)
    if isinstance(merged, Unknown):
        return merged
    at = axis % rank
    given = [one_input[at] for one_input in one.inputs if not isinstance(one_input, Unknown)]
    known = {part.role for axis_in in given if not isinstance(axis_in, Unknown) for part in axis_in}
    if at == 0 or len(known) != 1 or any(isinstance(axis_in, Unknown) for axis_in in given):
        return (*merged[:at], BATCH if at == 0 else UNTOLD, *merged[at + 1 :])
    origins = dict.fromkeys(part.origin for axis_in in given if not isinstance(axis_in, Unknown) for part in axis_in)
    origin = " + ".join(origins) if len(origins) <= MOST_ORIGINS else one.layer.name
    role = known.pop()
    joined_axis = whole(role, one.made[at], origin, str(role), (one.layer.name,))
    return (*merged[:at], joined_axis, *merged[at + 1 :])


def _merged(one: Applied) -> Meaning:
    return _agreed(one.inputs, len(one.made))


def _agreed(meanings: Sequence[Meaning], rank: int) -> Meaning:
    """The axes of several tensors of one rank: the known meanings of each."""
    known = [one for one in meanings if not isinstance(one, Unknown) and len(one) == rank]
    if not known or len(known) < len(meanings):
        return UNTOLD
    return tuple(_common(axes) for axes in zip(*known, strict=True))


def _common(axes: Sequence[Axis]) -> Axis:
    """An axis of several tensors: the known one, or features by all their origins."""
    known = list(dict.fromkeys(axis for axis in axes if axis and not isinstance(axis, Unknown)))
    if len(known) < 2:
        return known[0] if known else axes[0]
    parts = [part for axis in known if not isinstance(axis, Unknown) for part in axis]
    origins = dict.fromkeys(part.origin for part in parts)
    if {part.role for part in parts} != {Role.FEATURES} or len(parts) > len(known) or len(origins) > MOST_ORIGINS:
        return known[0] if len({part.role for part in parts}) == 1 else UNTOLD
    return whole(Role.FEATURES, parts[0].size, " + ".join(origins), str(Role.FEATURES))


def _attended(one: Applied) -> Meaning:
    """The steps of the query with values of its own."""
    return (*one.axes[:-1], one.features(-1, "values")) if len(one.axes) == len(one.made) else UNTOLD


def _distributed(one: Applied) -> Meaning:
    """The wrapped layer on each timestep: the second axis is taken out and put back."""
    inner = one.layer.children.get("layer")
    if inner is None or inner.model is not None or len(one.axes) < 2 or len(one.made) < 2:
        return UNTOLD
    without = (*one.axes[:1], *one.axes[2:])
    shape = (*one.given[:1], *one.given[2:])
    made = meaning(Applied(inner, (without,), (shape,), (*one.made[:1], *one.made[2:])))
    return UNTOLD if isinstance(made, Unknown) else (made[0], one.axes[1], *made[1:])


#: What a class does to axes, where its traits do not tell.
EFFECTS: Mapping[str, Effect] = {
    "Embedding": _embedded,
    "Flatten": _flattened,
    "Reshape": _reshaped,
    "Permute": _permuted,
    "RepeatVector": _repeated,
    "Concatenate": _concatenated,
    "TimeDistributed": _distributed,
    "Bidirectional": _recurrent,
    "MultiHeadAttention": _attended,
    "Attention": _attended,
    "AdditiveAttention": _attended,
}


#: What classes of some traits do to axes; the first that holds counts.
BY_TRAITS: tuple[tuple[Callable[[Traits], bool], Effect], ...] = (
    (lambda traits: traits.is_sequence_layer, _recurrent),
    (lambda traits: traits.axes is Axes.SAME, _same),
    (lambda traits: traits.axes is Axes.LAST, _last),
    (lambda traits: traits.is_elementwise_merge, _merged),
    (lambda traits: traits.dimensions is not None, _window),
)
