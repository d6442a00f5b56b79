"""One file on a page: its findings, its graph, its layers, and the anatomy of its recurrent layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.inference.costs import model_costs
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Count, Unknown
from lstmlint.ir.words import counted
from lstmlint.linting.report import FileReport, Status
from lstmlint.output.figures.anatomy import Anatomy, anatomy_of, recurrent_layers
from lstmlint.output.figures.anchors import Anchors, anchors_of
from lstmlint.output.figures.figures import caption, grouped, panelled
from lstmlint.output.figures.finding_list import finding_list, unjudged_list
from lstmlint.output.figures.graph_figure import graph
from lstmlint.output.figures.layer_table import layer_table
from lstmlint.output.figures.markup import Markup, element, joined

#: The largest number of different figures of a model, and of names above one figure.
MOST_FIGURES, MOST_NAMES = 24, 6

#: The largest number of refused calls that are listed for a model that no rule judged.
MOST_REFUSED = 10

#: The largest width of a graph that stands beside the findings on a wide screen.
NARROW = 400


@dataclass(frozen=True, slots=True)
class Section:
    """A file's part of a page, its id, and the report from which its heading and the page's counts come."""

    report: FileReport
    anchor: str
    content: Markup


def section(report: FileReport, model: Model | None, anchor: str, *, is_judged: bool = True) -> Section:
    """The part of a page for one file; without a model it has the findings alone. Ids begin with the anchor.

    A model that was not judged is not called free of findings.
    """
    parts = _parts(report, model, anchor, is_judged)
    return Section(report, anchor, element("section", *parts, id=anchor, class_="model"))


def tally(report: FileReport) -> str:
    """The findings of a file in words."""
    if report.status is Status.SKIPPED:
        return "skipped"
    if report.status is Status.ERROR:
        return "could not be read"
    numbers = [(severity, sum(one.severity is severity for one in report.diagnostics)) for severity in Severity]
    return ", ".join(counted(number, str(severity)) for severity, number in numbers if number) or "no findings"


def _parts(report: FileReport, model: Model | None, anchor: str, is_judged: bool) -> Iterator[Markup]:
    yield element("h2", report.path)
    if report.status is not Status.OK:
        yield element("p", f"{tally(report)}: {report.error}")
        return
    if model is None:
        yield element("p", tally(report), class_="muted")
        yield finding_list(report, None, anchor)
        yield from filter(None, [unjudged_list(report)])
        return
    anchors = anchors_of(model, report.diagnostics, anchor)
    yield _facts(model, tally(report) if is_judged else "not judged")
    findings = (
        joined(element("h3", "Findings"), finding_list(report, anchors, anchor), unjudged_list(report))
        if is_judged
        else _not_judged(model)
    )
    drawn = _graphs(anchors)
    figures, ids = _figures(anchors)
    layers = joined(element("h3", "Parameters of each layer"), layer_table(anchors, ids)) if model.layers else None
    is_narrow = drawn is not None and _width(drawn) <= NARROW
    pieces = (
        element("div", findings, class_="area-findings"),
        element("div", drawn, class_="area-graph") if drawn else None,
        element("div", layers, figures if is_narrow else None, class_="area-layers"),
        element("div", figures, class_="area-figures") if figures and not is_narrow else None,
    )
    yield element("div", *pieces, class_="areas beside" if is_narrow else "areas")


def _not_judged(model: Model) -> Markup:
    """The text in place of findings: no rule was asked, and Keras refuses these calls."""
    refused = [
        element("li", f"{layer.full_name}: {shapes.conflict}")
        for inner in model.all_models
        for layer, _, shapes in inner.calls()
        if shapes.conflict
    ]
    more = [element("li", f"and {len(refused) - MOST_REFUSED:,} more")] if len(refused) > MOST_REFUSED else []
    return joined(
        element("h3", "Not judged"),
        element("p", "No rule was asked; ", element("code", "lstmlint.analyze(...)"), " asks them.", class_="muted"),
        element("p", "Keras refuses:") if refused else None,
        element("ul", *refused[:MOST_REFUSED], *more) if refused else None,
    )


def _facts(model: Model, judged: str) -> Markup:
    """The model in one line; the last words count its findings."""
    document = model.document
    kind = f"{model.graph.class_name} model {model.name!r}" if model.graph is not None else "no architecture"
    written = f"written by Keras {document.keras_version}" if document.keras_version else ""
    facts = [kind, written, f"{_text(model.params)} parameters" if model.is_known else "", judged]
    if model.graph is not None:
        costs = model_costs(model)
        steps = costs.multiply_adds_per_timestep
        if isinstance(steps, int) and steps:
            facts.insert(3, f"{steps:,} multiply-adds per timestep")
        elif isinstance(costs.multiply_adds, int):
            facts.insert(3, f"{costs.multiply_adds:,} multiply-adds")
    return element("p", " · ".join(filter(None, facts)), class_="muted facts")


def _graphs(anchors: Anchors) -> Markup | None:
    """The graph of the model, and below it the folded graphs of nested models."""
    models = anchors.model.all_models
    if not anchors.graphs:
        return None
    drawn = [element("h3", "Graph")]
    for number, flow in anchors.graphs.items():
        name = models[number].name or "the model"
        box = element(
            "div", graph(anchors, number), class_="scroll", tabindex=0, role="region", aria_label=f"graph of {name}"
        )
        steps = sum(len(fold.steps) for fold in flow.folds)
        title = f"Nested model {name}: {counted(len(models[number].layers), 'layer')}"
        drawn.append(element("details", element("summary", title), box) if number else box)
        if not flow.is_whole and not number:
            told = f"{steps:,} calls of layers in {len(flow.folds)} boxes; runs of equal layers are folded."
            drawn.append(element("p", told, class_="muted"))
    left = len([one for one in models if one.graph is not None]) - len(anchors.graphs)
    if left > 0:
        drawn.append(element("p", f"{left:,} more nested models are in the table only.", class_="muted"))
    return joined(*drawn)


def _width(drawn: Markup) -> int:
    """The width of the first graph."""
    return int(drawn.partition("<svg ")[2].partition(' width="')[2].partition('"')[0])


def _figures(anchors: Anchors) -> tuple[Markup | None, frozenset[str]]:
    """The figures of the recurrent layers, equal ones once, and their ids."""
    anatomies = [anatomy for layer in recurrent_layers(anchors.model) if (anatomy := anatomy_of(layer)) is not None]
    groups = grouped(anatomies)
    if not groups:
        return None, frozenset()
    drawn = [
        element("h3", "Recurrent layers"),
        *(_figure(anchors, one, names) for one, names in groups[:MOST_FIGURES]),
    ]
    if len(groups) > MOST_FIGURES:
        more = sum(len(names) for _, names in groups[MOST_FIGURES:])
        told = f"{more:,} more are not drawn here; lstmlint explain FILE LAYER --svg draws one."
        drawn.append(element("p", told, class_="muted"))
    return joined(*drawn), frozenset(anchors.figure(one.layer) for one, _ in groups[:MOST_FIGURES])


def _figure(anchors: Anchors, anatomy: Anatomy, layers: Sequence[Layer]) -> Markup:
    others = [layer.full_name for layer in layers[1:]]
    also = ", ".join(others[:MOST_NAMES]) + (
        f" and {len(others) - MOST_NAMES:,} more" if len(others) > MOST_NAMES else ""
    )
    return element(
        "figure",
        element("figcaption", element("h4", caption(anatomy.layer))),
        element("p", f"The same holds for {also}.", class_="muted") if also else None,
        panelled(anatomy),
        id=anchors.figure(anatomy.layer), class_="card",
    )  # fmt: skip


def _text(count: Count) -> str:
    return "an unknown number of" if isinstance(count, Unknown) else f"{count:,}"
