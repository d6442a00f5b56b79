"""The ids of layers and findings on a page, which link a finding with its node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import SEVERITIES, Diagnostic, Location, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.output.figures.flow import Flow, flow_of
from lstmlint.output.figures.folding import Folded, folded
from lstmlint.output.figures.layering import passages

#: Largest numbers of nodes of a graph, tried in this order until its layering has few enough waypoints.
LIMITS = (80, 40, 20, 8)
MOST_PASSAGES = 1500
#: The largest number of nested models with their own graph; the layers of the others are only in the table.
MOST_GRAPHS = 30


def named(layer: Layer) -> str:
    """A layer's name as the page shows it; a link needs a visible target."""
    if layer.name.strip():
        return layer.name
    return "input" if layer.class_name == "InputLayer" else "(no name)"


@dataclass(frozen=True, slots=True)
class Anchors:
    """The ids of one model's parts on a page, and the findings of each of its layers.

    `numbers` are those of the layers of `model.all_layers`, by identity. `graphs` holds the folded flow of each model
    that has a graph, by its number among `model.all_models`. `nodes` is the id of the node that shows a layer.
    `about` is the layer of each diagnostic. `positions` are those of the diagnostics on a layer or within it;
    a diagnostic on several layers counts for each of them.
    """

    prefix: str
    model: Model
    diagnostics: tuple[Diagnostic, ...]
    numbers: Mapping[int, int]
    graphs: Mapping[int, Folded]
    nodes: Mapping[int, str]
    about: tuple[Layer | None, ...]
    positions: Mapping[int, tuple[int, ...]]

    def row(self, layer: Layer) -> str:
        """The id of a layer's row in the table."""
        return f"{self.prefix}-layer-{self.numbers[id(layer)]}"

    def figure(self, layer: Layer) -> str:
        """The id of a recurrent layer's figure."""
        return f"{self.prefix}-figure-{self.numbers[id(layer)]}"

    def finding(self, number: int) -> str:
        """The id of a finding."""
        return f"{self.prefix}-finding-{number + 1}"

    def graph(self, number: int) -> str:
        """The id of the graph of one of the models."""
        return f"{self.prefix}-graph-{number}"

    def node(self, layer: Layer) -> str | None:
        """The id of the node that shows a layer, or the layer around it."""
        return self.nodes.get(id(layer))

    def findings(self, layers: Sequence[Layer]) -> tuple[int, ...]:
        """The positions of the diagnostics about some layers."""
        return tuple(dict.fromkeys(number for layer in layers for number in self.positions.get(id(layer), ())))

    def worst(self, numbers: Sequence[int]) -> Severity | None:
        """The gravest severity of some diagnostics."""
        severities = [self.diagnostics[number].severity for number in numbers]
        return max(severities, key=SEVERITIES.index, default=None)


def anchors_of(model: Model, diagnostics: tuple[Diagnostic, ...], prefix: str) -> Anchors:
    """The ids of all parts of a model, which begin with the prefix."""
    numbers: dict[int, int] = {}
    for layer in model.all_layers:
        numbers.setdefault(id(layer), len(numbers))
    drawn = [one for one in model.all_models if one.graph is not None][:MOST_GRAPHS]
    flows = {number: _small(flow_of(one)) for number, one in enumerate(drawn)}
    nodes = {id(layer): node for number in flows for layer, node in _node_ids(flows[number], f"{prefix}-node-{number}")}
    around = {id(inner): outer for outer, inner in _insides(model)}
    finder = _Finder(model)
    about = tuple(finder.layer(diagnostic.finding.location) for diagnostic in diagnostics)
    positions: dict[int, tuple[int, ...]] = {}
    for number, diagnostic in enumerate(diagnostics):
        layers = (id(layer) for single in diagnostic.singles for layer in finder.around(single, around))
        for key in dict.fromkeys(layers):
            positions[key] = (*positions.get(key, ()), number)
    for layer in model.all_layers:  # a wrapped layer is drawn as the layer around it
        if id(layer) not in nodes and id(layer) in around and id(around[id(layer)]) in nodes:
            nodes[id(layer)] = nodes[id(around[id(layer)])]
    return Anchors(prefix, model, diagnostics, numbers, flows, nodes, about, positions)


def _small(flow: Flow) -> Folded:
    """The flow folded until its layout is quick."""
    small = folded(flow, LIMITS[-1])
    for limit in LIMITS:
        small = folded(flow, limit)
        if passages(len(small.folds), [(source, target) for source, target, _ in small.edges]) <= MOST_PASSAGES:
            break
    return small


def _node_ids(flow: Folded, prefix: str) -> Iterator[tuple[Layer, str]]:
    """Each layer with the id of the first node that shows it."""
    seen: set[int] = set()
    for number, fold in enumerate(flow.folds):
        for step in fold.steps:
            if step.layer is not None and id(step.layer) not in seen:
                seen.add(id(step.layer))
                yield step.layer, f"{prefix}-{number}"


def _insides(model: Model) -> Iterator[tuple[Layer, Layer]]:
    """Each layer with those directly in it."""
    for layer in model.all_layers:
        inner = (*layer.children.values(), *(layer.model.layers if layer.model is not None else ()))
        yield from ((layer, one) for one in inner)


class _Finder:
    """Finds the layer that a location is about: by its pointer, or by its name where there is none."""

    def __init__(self, model: Model) -> None:
        self._by_pointer = {layer.pointer: layer for layer in reversed(model.all_layers) if layer.pointer}
        self._by_name = {name: layer for layer in reversed(model.all_layers) for name in (layer.name, layer.full_name)}

    def around(self, diagnostic: Diagnostic, around: Mapping[int, Layer]) -> Iterator[Layer]:
        """The layer that a finding is about, and those around it."""
        layer = self.layer(diagnostic.finding.location)
        while layer is not None:
            yield layer
            layer = around.get(id(layer))

    def layer(self, location: Location) -> Layer | None:
        named = self._by_name.get(location.layer)
        for end in range(len(location.pointer), 0, -1):
            layer = self._by_pointer.get(location.pointer[:end])
            if layer is not None and not (layer.node.is_implicit and named is not None):
                return layer
        return named
