"""The figures of recurrent layers: as panels on a page, and as one standalone SVG."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Unknown
from lstmlint.output.figures.anatomy import Anatomy, Part
from lstmlint.output.figures.anatomy_figure import WIDTH, Panel, panels
from lstmlint.output.figures.lettering import shortened, width
from lstmlint.output.figures.markup import Child, Markup, decimal, element, joined
from lstmlint.output.figures.theme import figure_css

MARGIN, COLUMN_GAP, PART_GAP = 20.0, 32.0, 26.0
FULL = 2 * WIDTH + COLUMN_GAP + 2 * MARGIN
TITLE_HEIGHT, LINE_HEIGHT = 24.0, 18.0


def caption(layer: Layer) -> str:
    """The caption of a layer's figure: `lstm (LSTM): 72 parameters`."""
    class_name = layer.node.written_class or layer.class_name
    count = "unknown" if isinstance(layer.params, Unknown) else f"{layer.params:,} parameters"
    return f"{layer.full_name or layer.name} ({class_name}): {count}"


def remarks(anatomy: Anatomy) -> Iterator[str]:
    """The facts beside the panels: the sum of the parts, parts without gates, and why a count is unknown."""
    layer = anatomy.layer
    if anatomy.sum:
        yield anatomy.sum
    if isinstance(layer.params, Unknown):
        yield f"unknown, because {layer.params.reason}"
    for other in anatomy.others:
        if isinstance(other.params, Unknown):
            if other.params != layer.params:
                yield f"{other.name}: unknown, because {other.params.reason}"
        else:
            yield f"{other.name} ({other.node.written_class}): {other.params:,} parameters"
    if not anatomy.parts and not anatomy.others and not isinstance(layer.params, Unknown):
        yield "its weights are not those of gates that lstmlint knows, so no formula is shown"
    if not layer.node.is_trainable:
        yield "frozen: training changes none of its weights"


def panelled(anatomy: Anatomy) -> Markup:
    """The figure as pieces that a page arranges; each panel is its own SVG."""
    parts = (
        element(
            "div",
            element("h5", _part_title(part)) if part.layer is not anatomy.layer else None,
            _arranged(*map(_alone, panels(part))),
        )
        for part in anatomy.parts
    )
    told = (element("p", line, class_="sum") for line in remarks(anatomy))
    return joined(*told, *parts)


def figure_svg(anatomy: Anatomy) -> str:
    """The figure as one SVG document, which follows the colour scheme of the viewer."""
    drawn: list[Child] = []
    y = MARGIN + 16
    drawn.append(_line(shortened(caption(anatomy.layer), 16, FULL - 2 * MARGIN), y, "title"))
    for line in _wrapped(list(remarks(anatomy)), FULL - 2 * MARGIN):
        y += LINE_HEIGHT
        drawn.append(_line(line, y + 2, "small soft"))
    y += TITLE_HEIGHT
    for part in anatomy.parts:
        if part.layer is not anatomy.layer:
            drawn.append(_line(shortened(_part_title(part), 14, FULL - 2 * MARGIN), y + 14, "name"))
            y += TITLE_HEIGHT + 6
        weights, time, formula = panels(part)
        right = MARGIN + WIDTH + COLUMN_GAP
        drawn += [
            _at(weights, MARGIN, y),
            _at(formula, right, y),
            _at(time, right, y + formula.height + 12),
        ]
        y += max(weights.height, formula.height + 12 + time.height) + PART_GAP
    told = " ".join(f"{_part_title(part)}: {panel.what}." for part in anatomy.parts for panel in panels(part))
    described = " ".join((*remarks(anatomy), told)).strip()
    return element(
        "svg",
        element("title", caption(anatomy.layer), id="title"),
        element("desc", described, id="desc"),
        element("style", Markup(figure_css())),
        element("rect", width=FULL, height=y, class_="ground"),
        *drawn,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {decimal(FULL)} {decimal(y)}", width=FULL, height=y,
        class_="lstmlint", role="img", aria_labelledby="title desc",
    ) + "\n"  # fmt: skip


def grouped(anatomies: list[Anatomy]) -> list[tuple[Anatomy, tuple[Layer, ...]]]:
    """Anatomies, equal ones once, each with all its layers; names do not count."""
    order: dict[str, int] = {}
    keyed = [(order.setdefault(_look(one), len(order)), one) for one in anatomies]
    keyed.sort(key=lambda pair: pair[0])
    groups = ([one for _, one in group] for _, group in groupby(keyed, key=lambda pair: pair[0]))
    return [(group[0], tuple(one.layer for one in group)) for group in groups]


def _look(anatomy: Anatomy) -> str:
    """Everything that a figure shows except the names of layers."""
    parts = [(part.kind, part.numbers, part.timing, part.params) for part in anatomy.parts]
    others = [(other.class_name, other.params) for other in anatomy.others]
    return repr((anatomy.layer.class_name, anatomy.layer.params, anatomy.layer.node.is_trainable, parts, others))


def _part_title(part: Part) -> str:
    return f"{part.layer.name} ({part.layer.node.written_class or part.layer.class_name}): {part.params:,} parameters"


def _arranged(weights: Markup, time: Markup, formula: Markup) -> Markup:
    return element("div", weights, element("div", formula, time, class_="panel"), class_="panels")


def _alone(panel: Panel) -> Markup:
    return element(
        "svg", element("title", panel.what), panel.content,
        role="img", viewBox=f"-2 0 {decimal(panel.width + 4)} {decimal(panel.height)}", class_="panel",
    )  # fmt: skip


def _at(panel: Panel, x: float, y: float) -> Markup:
    return element("g", panel.content, transform=f"translate({decimal(x)} {decimal(y)})")


def _line(text: str, y: float, kind: str) -> Markup:
    return element("text", text, x=MARGIN, y=y, class_=kind)


def _wrapped(lines: list[str], room: float) -> Iterator[str]:
    """Lines broken between words."""
    for line in lines:
        row = ""
        for word in line.split():
            longer = f"{row} {word}".strip()
            if row and width(longer, 12) > room:
                yield row
                longer = word
            row = longer
        yield shortened(row, 12, room)
