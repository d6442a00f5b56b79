"""Questions about the connections of layers in one model: shared names, dangling references, cycles, unused outputs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from lstmlint.analyses.sharing import stands_elsewhere
from lstmlint.inference.layers import layer_types
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Location
from lstmlint.ir.graph import OPERATION, Graph, LayerCall, Node, TensorRef, references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, leaves
from lstmlint.ir.spelling import LIKENESS_OF_TYPED, closest
from lstmlint.ir.words import counted
from lstmlint.keras.config_schemas import value_at

#: A call of a layer: the layer's name, and the index of the call.
CallKey: TypeAlias = tuple[str, int]


#: Layers that only add a loss or a metric.
ACTS_ALONE = frozenset({"AddLoss", "AddMetric"})

#: The most pairs of names that are compared to find the intended ones; further references get no suggestion.
MOST_COMPARED = 100_000


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference that leads to nothing: `reason` completes "refers to ..., but"; `near` is the intended layer."""

    location: Location
    reference: TensorRef
    reason: str
    near: Layer | None = None


def shared_names(model: Model) -> Iterator[tuple[Layer, Layer]]:
    """Each layer of one model whose stated name an earlier layer has, with the earlier layer."""
    layers = model.listed_layers
    if len({layer.name for layer in layers}) == len(layers):
        return
    first: dict[str, Layer] = {}
    for layer in layers:
        if _states_name(model, layer):
            earlier = first.setdefault(layer.name, layer)
            if earlier is not layer:
                yield earlier, layer


def dangling(model: Model) -> Iterator[Dangling]:
    """The references of one model to a layer, call or tensor that does not exist."""
    graph = model.graph
    if graph is None or graph.is_sequential:
        return
    shared = _shared(graph)
    names = list(model.by_name)
    left = MOST_COMPARED
    for location, reference in _references(model, graph):
        if reference.layer not in model.by_name:
            left -= len(names)
            near = closest(reference.layer, names, LIKENESS_OF_TYPED) if left >= 0 else None
            yield Dangling(location, reference, "no layer has that name", model.by_name[near] if near else None)
        elif reference.layer not in shared:
            layer = model.by_name[reference.layer]
            reason = _lack(layer, reference)
            # Keras 3.0 counts the calls of a layer in all models.
            may_be_called_elsewhere = reference.call >= len(layer.node.calls) and stands_elsewhere(model, layer)
            if reason is not None and not may_be_called_elsewhere:
                yield Dangling(location, reference, reason, layer)


def cycle(model: Model) -> list[Layer]:
    """The layers of one model that need each other's outputs, in the order of the data; empty if there are none."""
    if model.graph is None or model.graph.is_sequential or any(shared_names(model)):
        return []
    waiting = _waiting(model.graph)
    at = next(iter(waiting), None)
    seen: dict[CallKey, int] = {}
    while at is not None and at not in seen:
        seen[at] = len(seen)
        at = next(need for need in waiting[at] if need in waiting)
    circle = [] if at is None else list(reversed(list(seen)[seen[at] :]))
    names = list(dict.fromkeys(name for name, _ in circle))
    first = next((index for layer in model.layers for index, name in enumerate(names) if name == layer.name), 0)
    return [model.by_name[name] for name in (*names[first:], *names[:first])]


def used_outputs(model: Model) -> Mapping[str, frozenset[int]]:
    """The indices of the used outputs of each layer of one model; the model's own outputs count as used."""
    used: defaultdict[str, set[int]] = defaultdict(set)
    if model.graph is not None:
        for _, reference in _references(model, model.graph):
            used[reference.layer].add(reference.index)
    return {name: frozenset(indexes) for name, indexes in used.items()}


def upstream(model: Model, structure: object) -> Iterator[tuple[Model, Layer, LayerCall]]:
    """Every layer whose values reach tensors through the inputs of calls, with its model; each call occurs once.

    The layers inside a nested model come before the layers that feed it.
    """
    seen: set[tuple[int, str, int]] = set()
    waiting = [(model, reference) for reference in references(structure)]
    while waiting:
        inner, reference = waiting.pop()
        layer = inner.producer(reference)
        key = (id(inner), reference.layer, reference.call)
        if layer is None or key in seen or reference.call >= len(layer.node.calls):
            continue
        seen.add(key)
        call = layer.node.calls[reference.call]
        yield inner, layer, call
        waiting.extend((inner, made) for made in references(call.inputs))
        if layer.model is not None and layer.model.graph is not None:
            waiting.extend((layer.model, made) for made in references(layer.model.graph.outputs))


def acts_alone(layer: Layer) -> bool:
    """Whether a layer has, or may have, an effect without an output: a loss or a metric that it adds."""
    name = layer.class_name
    is_foreign = layer.node.is_custom or (name not in layer_types() and not name.startswith(OPERATION))
    return is_foreign or name in ACTS_ALONE


def reaching(model: Model) -> frozenset[str]:
    """The layers of one model whose values reach its outputs or a layer that acts without one; states included.

    It is empty where a reference leads to nothing or to one of several layers, so that the file does not tell.
    """
    if model.graph is None or _shared(model.graph):
        return frozenset()
    reached: set[str] = set()
    alone = (TensorRef(layer.name, 0, 0) for layer in model.layers if acts_alone(layer))
    waiting = [*references(model.graph.outputs), *alone]
    while waiting:
        reference = waiting.pop()
        layer = model.producer(reference)
        if layer is None:
            return frozenset()
        if layer.name not in reached:
            reached.add(layer.name)
            waiting.extend(made for call in layer.node.calls for made in call.references())
    return frozenset(reached)


def _states_name(model: Model, layer: Layer) -> bool:
    """Whether the file names a layer; Keras makes up unique names for layers without a name."""
    written = value_at(model.document.config, layer.pointer)
    return layer.name in (value_at(written, ("config", "name")), value_at(written, ("name",)))


def _shared(graph: Graph) -> frozenset[str]:
    """The names that several layers share, so that a reference is ambiguous."""
    return frozenset(name for name, count in Counter(node.name for node in graph.nodes).items() if count > 1)


def _references(model: Model, graph: Graph) -> Iterator[tuple[Location, TensorRef]]:
    """Every reference of one model with its location: first of the calls, then of the model's inputs and outputs."""
    for layer in model.layers:
        for index, call in enumerate(layer.node.calls):
            location = Location(layer.full_name, (*layer.pointer, "inbound_nodes", index))
            yield from ((location, reference) for reference in call.references())
    for key, structure in (("input_layers", graph.inputs), ("output_layers", graph.outputs)):
        location = Location(graph.name, (*graph.pointer, "config", key))
        yield from ((location, reference) for reference in references(structure))


def _lack(layer: Layer, reference: TensorRef) -> str | None:
    """The reason why a layer cannot make a tensor; `None` if it can, or if this is unknown."""
    calls = len(layer.node.calls)
    if not 0 <= reference.call < calls:
        return f"'{layer.name}' is called {'once' if calls == 1 else f'{calls} times'}, and calls count from 0"
    outputs = layer.calls[reference.call].outputs if reference.call < len(layer.calls) else Unknown("it is in a cycle")
    tensors = len(list(leaves(outputs)))
    if isinstance(outputs, Unknown) or 0 <= reference.index < tensors:
        return None
    return f"'{layer.name}' has {counted(tensors, 'output')}, and outputs count from 0"


def _waiting(graph: Graph) -> dict[CallKey, list[CallKey]]:
    """The calls that can never run because they wait for each other, with the calls for which each one waits."""
    needs = {(node.name, index): _needed(node, index) for node in graph.nodes for index in range(len(node.calls))}
    dependents: defaultdict[CallKey, list[CallKey]] = defaultdict(list)
    open_needs = {}
    for key, needed in needs.items():
        there = {need for need in needed if need in needs}
        open_needs[key] = len(there)
        for need in there:
            dependents[need].append(key)
    ready = [key for key, number in open_needs.items() if not number]
    while ready:
        done = ready.pop()
        del needs[done]
        for dependent in dependents[done]:
            open_needs[dependent] -= 1
            if not open_needs[dependent]:
                ready.append(dependent)
    return needs


def _needed(node: Node, index: int) -> list[CallKey]:
    """The calls that must run before one call of a layer: the calls that make its inputs, and its own earlier calls."""
    earlier = [(node.name, index - 1)] if index else []
    return [(reference.layer, reference.call) for reference in node.calls[index].references()] + earlier
