"""The graph of a model as SVG: layers as boxes, tensors as arrows with their shapes, findings as marks on the boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Count, Unknown, total
from lstmlint.ir.words import counted
from lstmlint.output.figures.anchors import Anchors, named
from lstmlint.output.figures.flow import Step
from lstmlint.output.figures.folding import Fold, Folded
from lstmlint.output.figures.layering import Layering, layering
from lstmlint.output.figures.lettering import BOLD, shortened, width
from lstmlint.output.figures.markup import Markup, decimal, element, joined

NAME_SIZE, SMALL_SIZE = 13.0, 11.5
NARROWEST, WIDEST, PADDING = 96.0, 216.0, 12.0
LINE_HEIGHT, BOX_PADDING = 17.0, 9.0
RANK_GAP, NODE_GAP = 56.0, 22.0
#: The straight way of an edge behind its label, before it turns.
TRUNK = 27.0
MARGIN = 14.0
#: The largest width of a graph that shrinks to fit a phone; a wider one is scrolled.
PHONE = 450.0
MARK_HEIGHT = 18.0
#: The largest number of edges with different shapes from one node that have labels; beyond it only titles have them.
MOST_LABELS = 3
#: The longest text of a shape; a longer one is cut, and the edge's title has all of it.
LABEL_ROOM = 230.0


@dataclass(frozen=True, slots=True)
class Box:
    """A node without its position: its lines (the first is its name), its kind, its layers."""

    lines: tuple[str, ...]
    kind: str
    layers: tuple[Layer, ...]
    what: str

    @property
    def width(self) -> float:
        widths = [width(line, SMALL_SIZE if at else NAME_SIZE * BOLD) for at, line in enumerate(self.lines)]
        return min(WIDEST, max(NARROWEST, *widths) + 2 * PADDING)

    @property
    def height(self) -> float:
        return len(self.lines) * LINE_HEIGHT + 2 * BOX_PADDING - 3


def graph(anchors: Anchors, number: int) -> Markup:
    """The graph of one of the models of a page, as an `svg` element."""
    flow = anchors.graphs[number]
    boxes = [_box(fold) for fold in flow.folds]
    shared = _shared_labels(flow)
    sizes = [
        max(box.width, width(shared[at], SMALL_SIZE, is_monospaced=True) + 8 if at in shared else 0.0)
        for at, box in enumerate(boxes)
    ]
    layout = layering(sizes, [(source, target) for source, target, _ in flow.edges], NODE_GAP)
    tops = _tops(boxes, layout)
    drawn = _Drawn(boxes, layout, tops)
    arrows = [drawn.arrow(at, edge, TRUNK if edge[0] in shared else 0.0) for at, edge in enumerate(flow.edges)]
    labels = [*drawn.shared_labels(shared), *drawn.own_labels(flow, shared)]
    nodes = [
        _node(anchors, box, drawn.left(at), drawn.top(at), f"{anchors.prefix}-node-{number}-{at}", flow.folds[at])
        for at, box in enumerate(boxes)
    ]
    model = anchors.model.all_models[number]
    title = element("title", f"The graph of {model.name or 'the model'}", id=f"{anchors.graph(number)}-title")
    steps = sum(step.layer is not None and not step.shares for fold in flow.folds for step in fold.steps)
    told = f"{counted(steps, 'layer')} from top to bottom, with the shapes of the tensors between them"
    full, tall = layout.width + 2 * MARGIN, drawn.bottom + 2 * MARGIN
    return element(
        "svg",
        title,
        element("desc", told + ("." if flow.is_whole else "; runs of layers are folded into one box."),
                id=f"{anchors.graph(number)}-desc"),
        element("g", *arrows, *labels, *nodes, transform=f"translate({decimal(MARGIN)} {decimal(MARGIN)})"),
        role="group",
        aria_labelledby=f"{anchors.graph(number)}-title", aria_describedby=f"{anchors.graph(number)}-desc",
        viewBox=f"0 0 {decimal(full)} {decimal(tall)}", width=round(full), height=round(tall),
        class_="graph fits" if full <= PHONE else "graph",
    )  # fmt: skip


class _Drawn:
    """Boxes with their positions."""

    def __init__(self, boxes: Sequence[Box], layout: Layering, tops: Sequence[float]) -> None:
        self._boxes, self._layout, self._tops = boxes, layout, tops
        heights = [0.0] * len(tops)
        for box, rank in zip(boxes, layout.rank, strict=True):
            heights[rank] = max(heights[rank], box.height)
        self._bottoms = [top + height for top, height in zip(tops, heights, strict=True)]

    @property
    def bottom(self) -> float:
        return max(self._bottoms, default=0.0)

    def left(self, node: int) -> float:
        return self._layout.x[node] - self._boxes[node].width / 2

    def top(self, node: int) -> float:
        return self._tops[self._layout.rank[node]]

    def foot(self, node: int) -> float:
        return self.top(node) + self._boxes[node].height

    def points(self, at: int, source: int, target: int) -> list[tuple[float, float]]:
        """The points of an edge: its start, the ends of each rank between, and its end."""
        ranks, x = self._layout.rank, self._layout.x
        down = ranks[source] < ranks[target]
        upper, lower = (source, target) if down else (target, source)
        way = self._layout.ways[at] if down else self._layout.ways[at][::-1]
        points = [(x[upper], self.foot(upper))]
        for rank, place in enumerate(way, ranks[upper] + 1):
            points += [(place, self._tops[rank]), (place, self._bottoms[rank])]
        points.append((x[lower], self.top(lower)))
        return points if down else points[::-1]

    def arrow(self, at: int, edge: tuple[int, int, str], trunk: float) -> Markup:
        """An edge; `trunk` is the length of its straight way down at the beginning."""
        source, target, label = edge
        if source == target:
            return Markup("")
        points = self.points(at, source, target)
        (x, y), ahead = points[0], points[-1][1] > points[0][1]
        path = [f"M{decimal(x)} {decimal(y)}"]
        if trunk and ahead:
            points[0] = (x, y + trunk)
            path.append(f"v{decimal(trunk)}")
        for (x0, y0), (x1, y1) in pairwise(points):
            middle = decimal((y0 + y1) / 2)
            path.append(
                f"V{decimal(y1)}" if abs(x0 - x1) < 0.5
                else f"C{decimal(x0)} {middle} {decimal(x1)} {middle} {decimal(x1)} {decimal(y1)}"
            )  # fmt: skip
        x, y = points[-1]
        tip = f"M{decimal(x)} {decimal(y)}l-4 {-8 if ahead else 8}h8z"
        return joined(
            element(
                "path", element("title", label) if label else None, d="".join(path),
                class_="edge" if ahead else "edge again",
            ),
            element("path", d=tip, class_="tip"),
        )  # fmt: skip

    def shared_labels(self, labels: dict[int, str]) -> Iterator[Markup]:
        for source, label in labels.items():
            yield _label(label, self._layout.x[source], self.foot(source) + 19)

    def own_labels(self, flow: Folded, shared: dict[int, str]) -> Iterator[Markup]:
        """Labels of edges that leave one node with different shapes, at different heights."""
        counts: dict[int, int] = {}
        leaving = Counter(source for source, _, _ in flow.edges)
        for at, (source, target, label) in enumerate(flow.edges):
            if source in shared or not label or source == target or leaving[source] > MOST_LABELS:
                continue
            turn = counts[source] = counts.get(source, -1) + 1
            (x0, y0), (x1, y1) = self.points(at, source, target)[:2]
            down = y1 > y0
            part = (0.36, 0.72)[turn % 2]
            bent = part * part * (3 - 2 * part)
            yield _label(label, x0 + (x1 - x0) * bent, y0 + (y1 - y0) * part + (4 if down else 0))


def _box(fold: Fold) -> Box:
    if len(fold.steps) > 1:
        return _folded_box(fold)
    step = fold.steps[0]
    layer = step.layer
    if layer is None:
        kind = "missing" if step.is_missing else "end"
        what = f"{step.label}, which the model does not have" if step.is_missing else "output of the model"
        return Box((step.label,) if kind == "end" else (step.label, "no such tensor"), kind, (), what)
    class_name = layer.node.written_class or "class unknown"
    if layer.class_name == "InputLayer":
        lines = (layer.name, "input") if layer.name.strip() else ("input",)
        return Box(lines, "end", (layer,), f"{named(layer)}, an input")
    told = f"shared, call {step.call + 1}" if step.shares else parameters(layer.params)
    lines = (f"{class_name} · {told}",)
    if layer.params == 0 and not step.shares:
        lines = (class_name,)
    elif width(lines[0], SMALL_SIZE) > WIDEST - 2 * PADDING:  # a number is never cut
        lines = (class_name, told)
    kind = "again" if step.shares else "nested" if layer.model is not None else ""
    return Box((named(layer), *lines), kind, (layer,), f"{named(layer)}, {class_name}, {told}")


def _folded_box(fold: Fold) -> Box:
    layers = tuple(_first_calls(fold.steps))
    classes = [step.layer.node.written_class for step in fold.pattern if step.layer is not None]
    each = classes[0] if len(classes) == 1 else counted(len(classes), "layer")
    head = f"{fold.times:,} × {each}" if fold.times > 1 else each
    names = f"{named(layers[0])} … {named(layers[-1])}" if layers else ""
    count = parameters(total(layer.params for layer in layers))
    lines = (head, *([", ".join(dict.fromkeys(classes))] if len(classes) > 1 else []), names, count)
    return Box(lines, "fold", layers, ", ".join(lines))


def _first_calls(steps: Sequence[Step]) -> Iterator[Layer]:
    return (step.layer for step in steps if step.layer is not None and not step.shares)


def parameters(count: Count) -> str:
    """A count in words."""
    return "? parameters" if isinstance(count, Unknown) else counted(count, "parameter")


def _shared_labels(flow: Folded) -> dict[int, str]:
    """The label of each node whose edges all carry the same shape."""
    labels: dict[int, set[str]] = {}
    for source, target, label in flow.edges:
        if source < target:
            labels.setdefault(source, set()).add(label)
    return {
        source: shortened(one, SMALL_SIZE, LABEL_ROOM, is_monospaced=True)
        for source, (one, *others) in ((source, list(texts)) for source, texts in labels.items())
        if not others and one
    }


def _tops(boxes: Sequence[Box], layout: Layering) -> list[float]:
    heights = [0.0] * (max(layout.rank, default=-1) + 1)
    for box, rank in zip(boxes, layout.rank, strict=True):
        heights[rank] = max(heights[rank], box.height)
    tops, y = [], 0.0
    for height in heights:
        tops.append(y)
        y += height + RANK_GAP
    return tops


def _label(text: str, x: float, y: float) -> Markup:
    short = shortened(text, SMALL_SIZE, LABEL_ROOM, is_monospaced=True)
    wide = width(short, SMALL_SIZE, is_monospaced=True) + 6
    return joined(
        element("rect", x=x - wide / 2, y=y - 12, width=wide, height=16, class_="ground"),
        element("text", short, x=x, y=y, text_anchor="middle", class_="shape soft"),
    )


def _node(anchors: Anchors, box: Box, left: float, top: float, node_id: str, fold: Fold) -> Markup:
    numbers = anchors.findings(box.layers)
    worst = anchors.worst(numbers)
    severity = f" {worst}" if worst is not None else ""
    round_ = box.height / 2 if box.kind == "end" else 7
    shape = {"width": box.width, "height": box.height, "rx": float(round_)}
    behind = [element("rect", x=float(by), y=float(by), **shape, class_=f"box{severity}")
              for by in ((6, 3) if box.kind == "fold" else ())]  # fmt: skip
    inner = (
        element("rect", x=3.0, y=3.0, width=box.width - 6, height=box.height - 6, rx=5.0, class_="box inner")
        if box.kind == "nested" else None
    )  # fmt: skip
    lines = [
        element(
            "text", shortened(line, SMALL_SIZE if at else NAME_SIZE * BOLD, box.width - PADDING),
            x=box.width / 2, y=BOX_PADDING + 11 + at * LINE_HEIGHT, text_anchor="middle",
            class_="small soft" if at else "name",
        )
        for at, line in enumerate(box.lines)
    ]  # fmt: skip
    findings = _found(anchors, numbers)
    what = f"{box.what}; {findings}" if findings else box.what
    parts = (
        element("title", what), *behind, element("rect", **shape, class_=f"box{severity} {box.kind}".rstrip()), inner,
        *lines, _mark(findings, str(worst), box.width) if findings else None,
    )  # fmt: skip
    placed = f"translate({decimal(left)} {decimal(top)})"
    is_first = not fold.steps[0].shares
    if not box.layers:
        return element("g", *parts, transform=placed)
    target = anchors.finding(numbers[0]) if numbers else anchors.row(box.layers[0])
    return element(
        "a", *parts, href=f"#{target}", id=node_id if is_first else None, transform=placed, aria_label=what
    )  # fmt: skip


def _found(anchors: Anchors, numbers: Sequence[int]) -> str:
    """The findings of a node in a few words: the gravest, and the number of others."""
    worst = anchors.worst(numbers)
    if worst is None:
        return ""
    grave = sum(anchors.diagnostics[number].severity is worst for number in numbers)
    return counted(grave, str(worst)) + (f" +{len(numbers) - grave}" if len(numbers) > grave else "")


def _mark(text: str, severity: str, right: float) -> Markup:
    wide = width(text, 11, is_monospaced=False) + 14
    return element(
        "g",
        element("rect", width=wide, height=MARK_HEIGHT, rx=MARK_HEIGHT / 2, class_=f"mark {severity}"),
        element("text", text, x=wide / 2, y=13, text_anchor="middle", class_="mark-letter on-mark"),
        transform=f"translate({decimal(right - wide + 8)} {decimal(-MARK_HEIGHT / 2)})",
    )
