"""Unrolled recurrent layers, which have a copy of their operations for each timestep instead of a loop."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import recurrent_core, sequence_calls, timesteps
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, is_dims


@dataclass(frozen=True, slots=True)
class Unrolled:
    """A call of an unrolled layer; `steps` is a number, `None` where Keras leaves it open, or unknown.

    `core` is the layer that states `unroll`: the layer itself, or the layer inside of a Bidirectional.
    """

    layer: Layer
    core: Layer
    steps: int | Unknown | None


@asked_once
def unrolled_calls(model: Model) -> Iterator[Unrolled]:
    """The calls of unrolled layers, nested models included; each layer once, with its largest number of steps."""
    for inner in model.all_models:
        for call in sequence_calls(inner):
            core = recurrent_core(call.layer)
            if core is None or core.config.get("unroll") is not True:
                continue
            sequence = call.sequence
            if is_dims(sequence) and len(sequence) < 2:
                continue
            steps = timesteps(call.layer, sequence)
            if steps is None or isinstance(steps, int | Unknown):
                yield Unrolled(call.layer, core, steps)
