"""The meaning of every tensor of a model, followed from its inputs, nested models included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias, TypeVar

from lstmlint.analyses.axes.effects import Applied, meaning
from lstmlint.analyses.axes.inputs import input_meaning
from lstmlint.analyses.axes.roles import UNTOLD, Meaning
from lstmlint.inference.order import in_order
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.graph import Graph, TensorRef, references
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Shape, Unknown, is_dims, leaves

Said = TypeVar("Said")

#: The most calls that are followed; the meaning of further tensors is unknown.
MOST_CALLS = 30_000


@dataclass(frozen=True, slots=True)
class Meant:
    """A call of a layer with the meaning and shape of its inputs and outputs; `references` are its input tensors."""

    layer: Layer
    call: int
    references: tuple[TensorRef, ...]
    inputs: tuple[Meaning, ...]
    shapes: tuple[Shape, ...]
    outputs: tuple[Meaning, ...]
    made: tuple[Shape, ...]


@asked_once
def meant(model: Model) -> Iterator[Meant]:
    """Every call of a model in the order of computation; those of a nested model come before its own."""
    calls: list[Meant] = []
    _followed(model, {}, calls)
    yield from calls


def once_a_layer(model: Model, said: Callable[[Meant], Said | None]) -> Iterator[Said]:
    """What is said of the calls of a model, for each layer of its first call of which anything is said.

    Args:
        model: the model.
        said: gives what is to be said of a call; `None` where that is nothing.
    """
    known: set[int] = set()
    for one in meant(model):
        words = said(one) if id(one.layer) not in known else None
        if words is not None:
            known.add(id(one.layer))
            yield words


#: Calls by the identity of their layer and their number.
Meanings: TypeAlias = Mapping[tuple[int, int], Meant]


def meanings(model: Model) -> Meanings:
    """Every call by the identity of its layer and its number; of a model that is called twice, the last one."""
    return {(id(one.layer), one.call): one for one in meant(model)}


def _followed(model: Model, given: Mapping[str, Meaning], calls: list[Meant]) -> tuple[Meaning, ...]:
    """The meaning of the outputs of a model; its calls are appended."""
    if model.graph is None:
        return ()
    made: dict[tuple[str, int], Meant] = {}
    for node, number in in_order(model.graph):
        layer = model.layers[node]
        if number < len(layer.calls) and len(calls) < MOST_CALLS:
            one = _call(model, layer, number, given, made, calls)
            made[layer.name, number] = one
            calls.append(one)
    return tuple(_of(reference, made)[0] for reference in references(model.graph.outputs))


def _call(
    model: Model,
    layer: Layer,
    number: int,
    given: Mapping[str, Meaning],
    made: Mapping[tuple[str, int], Meant],
    calls: list[Meant],
) -> Meant:
    tensors = tuple(references(layer.node.calls[number].inputs))
    known = [_of(reference, made) for reference in tensors]
    inputs, shapes = tuple(one for one, _ in known), tuple(shape for _, shape in known)
    outputs = tuple(leaves(layer.calls[number].outputs))
    if layer.class_name == "InputLayer":
        outer = given.get(layer.name, UNTOLD)
        told: tuple[Meaning, ...] = (input_meaning(model, layer) if isinstance(outer, Unknown) else outer,)
    elif layer.model is not None and layer.model.graph is not None:
        told = _followed(layer.model, _given(layer.model.graph, inputs), calls)
    else:
        told = tuple(_output(layer, inputs, shapes, shape, index) for index, shape in enumerate(outputs))
    return Meant(layer, number, tensors, inputs, shapes, told, outputs)


def _output(layer: Layer, inputs: tuple[Meaning, ...], shapes: tuple[Shape, ...], shape: Shape, index: int) -> Meaning:
    return meaning(Applied(layer, inputs, shapes, shape, index)) if is_dims(shape) and shape else UNTOLD


def _of(reference: TensorRef, made: Mapping[tuple[str, int], Meant]) -> tuple[Meaning, Shape]:
    one = made.get((reference.layer, reference.call))
    if one is None or not 0 <= reference.index < min(len(one.outputs), len(one.made)):
        return UNTOLD, UNTOLD
    return one.outputs[reference.index], one.made[reference.index]


def _given(graph: Graph, inputs: tuple[Meaning, ...]) -> dict[str, Meaning]:
    names = [reference.layer for reference in references(graph.inputs)]
    is_ordered = not isinstance(graph.inputs, Mapping) and len(names) == len(inputs)
    return dict(zip(names, inputs, strict=True)) if is_ordered else {}
