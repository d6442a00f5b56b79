"""The layers of a model as a table: output shapes, and a bar for the parameters of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Count, Unknown, to_text
from lstmlint.ir.words import counted
from lstmlint.output.figures.anchors import Anchors, named
from lstmlint.output.figures.markup import Markup, element, joined

#: The longest table that is open; a longer one is folded, with the heaviest layers above it.
LONG, HEAVIEST = 60, 12


@dataclass(frozen=True, slots=True)
class Row:
    """A layer and the number of models around it."""

    layer: Layer
    depth: int


def layer_table(anchors: Anchors, figures: frozenset[str]) -> Markup:
    """The table; `figures` are the ids of the figures that the page has."""
    rows = list(_rows(anchors.model, 0))
    leaves = [row.layer.params for row in rows if row.layer.model is None]
    largest = max((count for count in leaves if isinstance(count, int)), default=0)
    scale = _Scale(anchors.model.params, largest)
    whole = _table(anchors, rows, scale, figures, has_ids=True)
    if len(rows) <= LONG:
        return whole
    heavy = sorted((row for row in rows if row.layer.model is None), key=lambda row: -_known(row.layer.params))
    return element(
        "div",
        element("p", f"The {HEAVIEST} layers with the most parameters of {len(rows):,}:", class_="muted"),
        _table(anchors, [Row(row.layer, 0) for row in heavy[:HEAVIEST]], scale, figures, has_ids=False),
        element("details", element("summary", f"All {counted(len(rows), 'layer')}"), whole),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """The numbers by which bars and shares are measured."""

    whole: Count
    largest: int

    def share(self, count: int) -> str:
        if isinstance(self.whole, Unknown) or not self.whole or not count:
            return ""
        percent = 100 * count / self.whole
        return f"{percent:.0f} %" if percent >= 1 else "< 1 %"


def _rows(model: Model, depth: int) -> Iterator[Row]:
    for layer in model.layers:
        yield Row(layer, depth)
        if layer.model is not None:
            yield from _rows(layer.model, depth + 1)
        for child in layer.children.values():
            if child.model is not None:
                yield from _rows(child.model, depth + 1)


def _known(count: Count) -> int:
    return -1 if isinstance(count, Unknown) else count


def _table(anchors: Anchors, rows: Sequence[Row], scale: _Scale, figures: frozenset[str], *, has_ids: bool) -> Markup:
    heads = (element("th", text, scope="col") for text in ("Layer", "Output shape", "Parameters"))
    body = (
        joined(_row(anchors, row, scale, figures, anchors.row(row.layer) if has_ids else None), _reason(row.layer))
        for row in rows
    )
    total = _text(scale.whole)
    foot = element("tr", element("th", "Total", scope="row"), element("td"), element("td", total, class_="count"))
    return element(
        "table",
        element("thead", element("tr", *heads)), element("tbody", *body), element("tfoot", foot) if has_ids else None,
        class_="layers",
    )  # fmt: skip


def _row(anchors: Anchors, row: Row, scale: _Scale, figures: frozenset[str], row_id: str | None) -> Markup:
    layer = row.layer
    node = anchors.node(layer)
    name = named(layer)
    numbers = anchors.findings((layer,))
    worst = anchors.worst(numbers)
    shapes = list(dict.fromkeys(to_text(call.outputs) for call in layer.calls)) or ["?"]
    figure = anchors.figure(layer)
    links = []
    if numbers:
        target = anchors.finding(numbers[0])
        links.append(element("a", counted(len(numbers), "finding"), href=f"#{target}", class_=f"tag {worst}"))
    if figure in figures:
        links.append(element("a", "anatomy", href=f"#{figure}", aria_label=f"anatomy of {name}"))
    depth = f"depth-{min(row.depth, 4)}" if row.depth else None
    return element(
        "tr",
        element(
            "th", element("a", *_breakable(name), href=f"#{node}") if node else element("span", *_breakable(name)),
            element("span", layer.node.written_class or "class unknown", class_="muted class"),
            element("div", *links, class_="links") if links else None,
            scope="row", class_=depth,
        ),
        element("td", ", ".join(shapes[:4]) + (", …" if len(shapes) > 4 else ""), class_="shape"),
        element("td", *_count(layer, scale), class_="count"),
        id=row_id, class_="explained" if isinstance(layer.params, Unknown) else None,
    )  # fmt: skip


def _breakable(name: str) -> Iterator[Markup | str]:
    """A name with marks where a line may end."""
    for at, part in enumerate(name.split("_")):
        yield joined("_", element("wbr")) if at else ""
        yield part


def _reason(layer: Layer) -> Markup | None:
    """A row with the reason why a count is unknown."""
    if not isinstance(layer.params, Unknown):
        return None
    told = f"unknown, because {layer.params.reason}"
    return element("tr", element("td", told, colspan=3, class_="muted"), class_="reason")


def _count(layer: Layer, scale: _Scale) -> Iterator[Markup]:
    if isinstance(layer.params, Unknown):
        yield element("span", "?")
        return
    yield element("span", f"{layer.params:,}")
    share = scale.share(layer.params)
    if share:
        yield element("span", share, class_="muted share")
    if layer.params and scale.largest and layer.model is None:
        bar = element("rect", width=100 * layer.params / scale.largest, height=6, rx=1)
        yield element(
            "svg", bar, class_="bar", viewBox="0 0 100 6", preserveAspectRatio="none", aria_hidden="true"
        )  # fmt: skip


def _text(count: Count) -> str:
    return "?" if isinstance(count, Unknown) else f"{count:,}"
