"""The meaning of the axes of an input, by the convention of the layers that read it; unknown where they disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.analyses.axes.effects import CHANNELS_FIRST
from lstmlint.analyses.axes.roles import BATCH, UNTOLD, Meaning, Role, whole
from lstmlint.analyses.reading import read_by
from lstmlint.analyses.sequences import SEQUENCE_RANK
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, first, is_dims
from lstmlint.keras.classes import traits_of

#: Roles of spatial axes, by their number.
SPATIAL: Mapping[int, tuple[Role, ...]] = {
    1: (Role.TIME,), 2: (Role.HEIGHT, Role.WIDTH), 3: (Role.DEPTH, Role.HEIGHT, Role.WIDTH),
}  # fmt: skip


def input_meaning(model: Model, layer: Layer) -> Meaning:
    """The meaning of the axes of an input layer of a model."""
    shape = first(layer.outputs)
    if not is_dims(shape) or not shape:
        return UNTOLD
    readers = read_by(model, layer)
    wanted = {reading for reader in readers for reading in _readings(reader, shape)}
    if len(wanted) > 1:
        return UNTOLD
    if wanted:
        return _named(wanted.pop(), shape, layer.name)
    if any(reader.model is not None for reader in readers):
        return UNTOLD
    if len(shape) == 2 and readers:
        return _named((Role.FEATURES,), shape, layer.name)
    is_turned = any(reader.class_name == "Permute" for reader in readers)
    if len(shape) == SEQUENCE_RANK and any(_has_sequences(model)) and readers and not is_turned:
        return _named((Role.TIME, Role.FEATURES), shape, layer.name)
    return UNTOLD


def _named(wanted: tuple[Role, ...], shape: Dims, name: str) -> Meaning:
    nouns = {Role.FEATURES: "features"}
    named = zip(wanted, shape[1:], strict=True)
    return (BATCH, *(whole(role, size, name, nouns.get(role, "")) for role, size in named))


def _readings(reader: Layer, shape: Dims) -> Iterator[tuple[Role, ...]]:
    """The roles, batch left out, with which a layer reads an input of a shape."""
    core = reader.children.get("forward", reader)
    outer: tuple[Role, ...] = ()
    inner: tuple[Role, ...]
    if reader.class_name == "TimeDistributed" and "layer" in reader.children:
        core, outer = reader.children["layer"], (Role.TIME,)
    traits = traits_of(core.class_name)
    if traits.mask_key and len(shape) == 2 + len(outer):
        yield (*outer, Role.TIME)
    elif traits.is_sequence_layer and not outer:
        inner = tuple(Role.WIDTH if role is Role.TIME else role for role in _spatial(core, traits.dimensions or 0))
        if len(inner) + 2 == len(shape):
            yield (Role.TIME, *inner)
    elif traits.dimensions is not None:
        inner = (*outer, *_spatial(core, traits.dimensions))
        if len(inner) + 1 == len(shape):
            yield inner


def _spatial(layer: Layer, dimensions: int) -> tuple[Role, ...]:
    spatial = SPATIAL.get(dimensions, ())
    is_first = layer.config.get("data_format") == CHANNELS_FIRST
    return (Role.FEATURES, *spatial) if is_first else (*spatial, Role.FEATURES)


@asked_once
def _has_sequences(model: Model) -> Iterator[bool]:
    """A single answer: whether a layer of the model, or of a model in it, runs along a sequence."""
    if any(traits_of(layer.class_name).is_sequence_layer for layer in model.all_layers):
        yield True
