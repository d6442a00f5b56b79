"""The numbers in a picture of a recurrent layer: gates, units, features, timesteps, and the formula of its parameters.

Every number comes from the weights that the layer function declared (`analyses/gates.py`). A formula is shown only
if its value is the number of parameters that lstmlint counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lstmlint.analyses.gates import GateParts, gate_parts, is_gated
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dim, Unknown, first, is_dims, total
from lstmlint.ir.words import counted
from lstmlint.keras.classes import KINDS, Form, kind_of, traits_of

#: The output of a layer along time.
SEQUENCE, LAST, UNTOLD = "sequence", "last", ""


@dataclass(frozen=True, slots=True)
class Timing:
    """The run of a layer along time: the timesteps of its calls (none: unknown), its output, its direction."""

    steps: tuple[Dim, ...] = ()
    gives: str = UNTOLD
    is_backwards: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of a formula and its role: `inp`, `unit`, `bias` or none."""

    text: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A recurrent layer or cell whose numbers are known and give its count."""

    layer: Layer
    kind: str
    numbers: GateParts
    timing: Timing

    @property
    def gates(self) -> tuple[str, ...]:
        return tuple(gate.name for gate in KINDS[self.kind].gates)

    @property
    def window(self) -> int:
        """Positions in the kernel of a convolution; 1 for other layers."""
        return math.prod(self.numbers.window)

    @property
    def params(self) -> int:
        """The value of the formula."""
        numbers = self.numbers
        columns = self.window * numbers.inputs + self.window * numbers.units + numbers.biases
        return numbers.gates * numbers.units * columns

    @property
    def symbols(self) -> tuple[Term, ...]:
        """`4 * out * (inp + out + 1)`."""
        return self._formula(Term("out", "unit"), Term("inp", "inp"), "k")

    @property
    def values(self) -> tuple[Term, ...]:
        """`4 * 3 * (2 + 3 + 1)`."""
        units, inputs = Term(f"{self.numbers.units:,}", "unit"), Term(f"{self.numbers.inputs:,}", "inp")
        return self._formula(units, inputs, f"{self.window:,}")

    @property
    def units(self) -> str:
        return counted(self.numbers.units, "filter" if self.numbers.window else "unit")

    @property
    def features(self) -> str:
        return counted(self.numbers.inputs, "channel" if self.numbers.window else "feature")

    def _formula(self, units: Term, inputs: Term, window: str) -> tuple[Term, ...]:
        gates = [Term(f"{self.numbers.gates} * ")] if self.numbers.gates > 1 else []
        around = [Term(f"{window} * ")] if self.numbers.window else []
        bias = [Term(" + "), Term(str(self.numbers.biases), "bias")] if self.numbers.biases else []
        return (*gates, units, Term(" * ("), *around, inputs, Term(" + "), *around, units, *bias, Term(")"))


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A recurrent layer: the parts with known numbers, and the other parts, which at most have a known count."""

    layer: Layer
    parts: tuple[Part, ...]
    others: tuple[Layer, ...]

    @property
    def sum(self) -> str:
        """`forward_lstm 360 + backward_lstm 360 = 720`, where there are several parts and all are known."""
        parts = [*(part.layer for part in self.parts), *self.others]
        whole = self.layer.params
        if len(parts) < 2 or isinstance(whole, Unknown) or total(part.params for part in parts) != whole:
            return ""
        return " + ".join(f"{part.name} {part.params:,}" for part in parts) + f" = {whole:,}"


def is_recurrent(layer: Layer) -> bool:
    """Whether a layer is recurrent, or wraps a recurrent layer."""
    if traits_of(layer.class_name).form is not None:
        return True
    return layer.class_name == "TimeDistributed" and any(map(is_recurrent, layer.children.values()))


def anatomy_of(layer: Layer) -> Anatomy | None:
    """The anatomy of a recurrent layer; None for other layers."""
    if not is_recurrent(layer):
        return None
    leaves = list(_leaves(layer, Timing()))
    parts = tuple(part for part, _ in leaves if part is not None)
    return Anatomy(layer, parts, tuple(one for part, one in leaves if part is None and one is not layer))


def recurrent_layers(model: Model) -> Iterator[Layer]:
    """The outermost recurrent layers of a model and its nested models; a wrapper stands for the layers in it."""
    for layer in model.layers:
        if layer.model is not None:
            yield from recurrent_layers(layer.model)
        elif is_recurrent(layer):
            yield layer
        else:
            for child in layer.children.values():
                if child.model is not None:
                    yield from recurrent_layers(child.model)


def timesteps(timing: Timing) -> str:
    """The number of timesteps in words."""
    known = [str(step) if isinstance(step, int) else "open" for step in timing.steps]
    if not known or any(isinstance(step, Unknown) for step in timing.steps):
        return "an untold number of timesteps"
    if known == ["open"]:
        return "an open number of timesteps"
    return counted(int(known[0]), "timestep") if len(known) == 1 else f"{' or '.join(known)} timesteps"


def _leaves(layer: Layer, outer: Timing) -> Iterator[tuple[Part | None, Layer]]:
    """The layers that hold weights of their own: as parts where their numbers are known."""
    timing = _timing(layer, outer)
    if layer.children:
        *inner, last = layer.children.values()
        # Each stacked cell passes its output to the next one at every step.
        handing = replace(timing, gives=SEQUENCE) if layer.class_name == "StackedRNNCells" and timing.gives else timing
        for child in inner:
            yield from _leaves(child, handing)
        yield from _leaves(last, timing)
        return
    yield _part(layer, timing), layer


def _part(layer: Layer, timing: Timing) -> Part | None:
    """A layer with gates, if its formula gives its count."""
    if not is_gated(layer) or 0 in _window(layer):
        return None
    part = Part(layer, kind_of(layer.class_name).name, gate_parts(layer), timing)
    return part if part.params == layer.params else None


def _window(layer: Layer) -> Sequence[object]:
    """The sizes of a convolution's kernel, from the config."""
    size = layer.config.get("kernel_size", ())
    return size if isinstance(size, list | tuple) else (size,)


def _timing(layer: Layer, outer: Timing) -> Timing:
    """The run of a layer along time, from its own calls; for a cell, from those of the layer around it."""
    traits = traits_of(layer.class_name)
    if traits.form in (Form.CELL, Form.CELLS):
        return outer
    if not traits.is_sequence_layer:
        return Timing()
    axis, rank = (0 if layer.config.get("time_major") else 1), 3 + (traits.dimensions or 0)
    shapes = [first(call.inputs) for call in layer.calls]
    steps: list[Dim] = []
    for shape in shapes:
        step = shape[axis] if is_dims(shape) and len(shape) >= min(rank, 3) else Unknown("its input is unknown")
        if step not in steps:
            steps.append(step)
    gives = (SEQUENCE if layer.config.get("return_sequences") else LAST) if layer.calls else UNTOLD
    return Timing(tuple(steps), gives, bool(layer.config.get("go_backwards")))
