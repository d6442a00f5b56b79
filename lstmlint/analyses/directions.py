"""Questions about the two layers of a Bidirectional."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Structure, Unknown, first, is_dims
from lstmlint.keras.classes import traits_of


@dataclass(frozen=True, slots=True)
class Directions:
    """A Bidirectional with its two layers, both of Keras' own classes."""

    layer: Layer
    forward: Layer
    backward: Layer

    @property
    def is_derived(self) -> bool:
        """Whether the file records no backward layer, so that Keras makes it from the forward one."""
        return self.forward.pointer == self.backward.pointer


@asked_once
def directions(model: Model) -> Iterator[Directions]:
    """Every Bidirectional, nested models included."""
    for layer in model.all_layers:
        forward, backward = layer.children.get("forward"), layer.children.get("backward")
        if forward is None or backward is None:
            continue
        if all(traits_of(inner.class_name).is_sequence_layer for inner in (forward, backward)):
            yield Directions(layer, forward, backward)


def last_output(layer: Layer) -> Dims | Unknown:
    """The shape of a recurrent layer's output at one timestep, which is also the shape of each of its states."""
    output: Structure = first(layer.outputs)
    if not is_dims(output):
        return output if isinstance(output, Unknown) else Unknown("its output is no tensor")
    if not layer.config.get("return_sequences"):
        return output
    return output[1:] if layer.config.get("time_major") else (output[0], *output[2:])
