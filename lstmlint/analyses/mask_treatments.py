"""Treatments of masks by calls: the terms of `masks.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import reduce
from typing import TypeAlias

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import traits_of


class Treatment(StrEnum):
    """The treatment of the mask of its input by a call."""

    KEEPS = "keeps it"
    USES = "uses it, and its output has it too"
    ENDS = "uses it, and its output has no steps to mask"
    IGNORES = "keeps it, and would use it if Keras gave it"
    LOSES = "loses it"
    REFUSES = "refuses it"


#: The sources of a tensor's mask by full name; empty if the tensor has no mask.
Mask: TypeAlias = frozenset[str] | Unknown

NO_MASK: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lost:
    """A mask that got lost: its source, and the call that lost it as an index into `MaskFlow.calls`."""

    source: str
    by: int


@dataclass(frozen=True, slots=True)
class Track:
    """A tensor: its mask, and the masks that it has lost while it still has timesteps."""

    mask: Mask = NO_MASK
    lost: frozenset[Lost] = frozenset()


NO_TRACK = Track()


@dataclass(frozen=True, slots=True)
class MaskedCall:
    """A call of a layer: the layers that make its inputs, the masks of inputs and outputs, and its treatment of masks.

    `treatment` is `None` where the inputs have no mask, and for a nested model, whose own calls have treatments.
    """

    layer: Layer
    call: int
    producers: tuple[Layer | None, ...]
    inputs: tuple[Mask, ...]
    outputs: tuple[Mask, ...]
    treatment: Treatment | Unknown | None

    @property
    def mask(self) -> Mask:
        """The combined mask of all inputs."""
        return either(self.inputs)


@dataclass(frozen=True, slots=True)
class Missed:
    """A lost mask that a later layer would use, or the loss where `layer` is `None`."""

    lost: Lost
    reader: Layer | None


@dataclass(frozen=True, slots=True)
class MaskFlow:
    """The flow of masks through a model: every call in the order of computation, nested models included."""

    calls: tuple[MaskedCall, ...]
    sources: Mapping[str, Layer]
    outputs: tuple[Mask, ...]
    missed: tuple[Missed, ...]

    def reached_by(self, source: str) -> Iterator[MaskedCall]:
        """The calls that get the mask of a source."""
        return (call for call in self.calls if not isinstance(call.mask, Unknown) and source in call.mask)

    def is_used(self, source: str) -> bool | Unknown:
        """Whether a layer or the loss uses the mask of a source."""
        treatments = [call.treatment for call in self.reached_by(source)]
        if any(treatment in (Treatment.USES, Treatment.ENDS) for treatment in treatments):
            return True
        if any(not isinstance(mask, Unknown) and source in mask for mask in self.outputs):
            return True
        return next((treatment for treatment in treatments if isinstance(treatment, Unknown)), False)


def makes_mask(layer: Layer) -> bool:
    """Whether a layer is a source of masks."""
    traits = traits_of(layer.class_name)
    is_on = not traits.mask_key or bool(layer.config.get(traits.mask_key))
    return not layer.node.is_custom and traits.makes_mask and is_on


def without_mask(call: MaskedCall) -> Layer | None:
    """The layer whose tensor without a mask makes a merge lose the mask of another tensor."""
    if not traits_of(call.layer.class_name).is_elementwise_merge or NO_MASK not in call.inputs:
        return None
    return call.producers[call.inputs.index(NO_MASK)]


def either(masks: tuple[Mask, ...]) -> Mask:
    """The mask of a merge that is masked if any tensor is masked."""
    known = reduce(frozenset.union, (mask for mask in masks if not isinstance(mask, Unknown)), NO_MASK)
    return known or next((mask for mask in masks if isinstance(mask, Unknown)), NO_MASK)


def all_of(masks: tuple[Mask, ...]) -> Mask:
    """The mask of a merge that is masked only if all tensors are masked."""
    if not masks or any(mask == NO_MASK for mask in masks):
        return NO_MASK
    return next((mask for mask in masks if isinstance(mask, Unknown)), either(masks))
