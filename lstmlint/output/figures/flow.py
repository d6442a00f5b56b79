"""The content of a drawn graph: the calls of a model's layers, and the tensors that go from one call to the next."""

from __future__ import annotations

from collections import Counter

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.graph import TensorRef, references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import leaves, to_text

#: The largest number of shapes in the label of an edge; beyond it the label is their number.
SHAPES_ON_EDGE = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a layer (`layer` at a position in `model.layers`), the model's output, or a tensor that is missing.

    `shares` is set on every call but the first: its weights are those of the first.
    """

    layer: Layer | None
    index: int = 0
    call: int = 0
    label: str = ""

    @property
    def shares(self) -> bool:
        return self.call > 0

    @property
    def is_missing(self) -> bool:
        return self.layer is None and self.index < 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Steps in an order of the data flow, where there is one; edges as positions and a label."""

    steps: tuple[Step, ...]
    edges: tuple[tuple[int, int, str], ...]


OUTPUT = "output"


def flow_of(model: Model) -> Flow:
    """The flow of tensors through a model; nested models are one step each."""
    steps = [
        Step(layer, index, call) for index, layer in enumerate(model.layers) for call in range(max(1, _calls(layer)))
    ]
    positions = {(step.index, step.call): at for at, step in enumerate(steps)}
    indexes = {id(layer): index for index, layer in reversed(list(enumerate(model.layers)))}
    tensors: dict[tuple[int, int], Counter[str]] = {}

    def connect(reference: TensorRef, target: int) -> None:
        producer = model.producer(reference)
        source = positions.get((indexes.get(id(producer), -1), reference.call)) if producer is not None else None
        if source is None or producer is None:
            steps.append(Step(None, -1, 0, f"{reference.layer}[{reference.call}][{reference.index}]"))
            source, shape = len(steps) - 1, "is missing"
        else:
            shape = _tensor(producer, reference)
        tensors.setdefault((source, target), Counter())[shape] += 1

    for at, step in enumerate(tuple(steps)):
        if step.layer is not None and step.call < len(step.layer.node.calls):
            for reference in step.layer.node.calls[step.call].references():
                connect(reference, at)
    for reference in references(model.graph.outputs) if model.graph is not None else ():
        steps.append(Step(None, 0, 0, OUTPUT))
        connect(reference, len(steps) - 1)
    edges = [(source, target, _label(shapes)) for (source, target), shapes in tensors.items()]
    return _ordered(steps, edges)


def _calls(layer: Layer) -> int:
    return len(layer.node.calls)


def _tensor(producer: Layer, reference: TensorRef) -> str:
    """The shape of one tensor of a call; `?` where it is unknown."""
    if reference.call >= len(producer.calls):
        return "?"
    shapes = list(leaves(producer.calls[reference.call].outputs))
    return to_text(shapes[reference.index]) if reference.index < len(shapes) else "?"


def _label(shapes: Counter[str]) -> str:
    parts = [f"{number} × {shape}" if number > 1 else shape for shape, number in shapes.items()]
    return ", ".join(parts) if len(parts) <= SHAPES_ON_EDGE else f"{sum(shapes.values())} tensors"


def _ordered(steps: list[Step], edges: list[tuple[int, int, str]]) -> Flow:
    """The steps in an order of the data flow; steps that wait for each other come last, in the order of the file."""
    waiting = Counter(target for _, target, _ in edges)
    readers: dict[int, list[int]] = {}
    for source, target, _ in edges:
        readers.setdefault(source, []).append(target)
    order = [at for at in range(len(steps)) if not waiting[at]]
    for at in order:
        for target in readers.get(at, ()):
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    order += sorted(set(range(len(steps))) - set(order))
    new = {at: position for position, at in enumerate(order)}
    moved = sorted((new[source], new[target], label) for source, target, label in edges)
    return Flow(tuple(steps[at] for at in order), tuple(moved))
