"""The findings of a file as a list; each has its own link, and links to the box of its layer."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.finding import Diagnostic, Location
from lstmlint.ir.words import counted
from lstmlint.linting.report import FileReport
from lstmlint.output.figures.anchors import Anchors, named
from lstmlint.output.figures.markup import Markup, element, joined

#: The number of findings that are shown at once; the others are folded.
MOST_OPEN = 25
#: The number of related places of a finding that are shown at once; the others are folded.
MOST_RELATED = 6
#: The largest number of entries in the list of what could not be judged.
MOST_UNJUDGED = 40


def finding_list(report: FileReport, anchors: Anchors | None, prefix: str) -> Markup:
    """The findings; `anchors` are those of the model where the page has one."""
    if not report.diagnostics:
        return element("p", "Nothing found.", class_="muted")
    items = [_finding(report, anchors, prefix, number) for number in range(len(report.diagnostics))]
    shown = element("ol", *items[:MOST_OPEN], class_="findings")
    if len(items) <= MOST_OPEN:
        return shown
    title = f"{counted(len(items) - MOST_OPEN, 'more finding')}"
    more = element("ol", *items[MOST_OPEN:], class_="findings", start=MOST_OPEN + 1)
    return joined(shown, element("details", element("summary", title), more))


def unjudged_list(report: FileReport) -> Markup | None:
    """The questions that could not be judged, because something is unknown: each layer and reason with its rules."""
    by_reason: dict[tuple[str, str], dict[str, None]] = {}
    for abstention in report.abstentions:
        key = abstention.unjudged.location.layer, abstention.unjudged.because.reason
        by_reason.setdefault(key, {})[abstention.rule] = None
    if not by_reason:
        return None
    lines = [
        element("li", f"{layer or 'the model'}: {', '.join(rules)}; unknown, because {reason}")
        for (layer, reason), rules in list(by_reason.items())[:MOST_UNJUDGED]
    ]
    if len(by_reason) > MOST_UNJUDGED:
        lines.append(element("li", f"and {len(by_reason) - MOST_UNJUDGED:,} more"))
    count = counted(len(report.abstentions), "question")
    return element("details", element("summary", f"{count} that could not be judged"), element("ul", *lines))


def _finding(report: FileReport, anchors: Anchors | None, prefix: str, number: int) -> Markup:
    diagnostic = report.diagnostics[number]
    finding, severity = diagnostic.finding, diagnostic.severity
    own = f"{prefix}-finding-{number + 1}"
    about = f"{finding.location.layer}: " if finding.location.layer else ""
    related = [
        element(
            "li", f"{one.location.layer}: " if one.location.layer else "", one.message, *_where(report, one.location)
        )
        for one in finding.related
    ]
    return element(
        "li",
        element(
            "p", element("span", str(severity), class_=f"tag {severity}"), " ",
            element("a", diagnostic.rule, href=f"#{own}", class_="rule"), " ", _sure(diagnostic), class_="head",
        ),
        element("p", element("strong", about) if about else None, finding.message),
        *_related(related),
        element("p", finding.help, class_="help") if finding.help else None,
        element("p", *_leads(report, anchors, number), class_="muted where"),
        id=own, class_=f"finding {severity}",
    )  # fmt: skip


def _related(items: list[Markup]) -> Iterator[Markup]:
    """The related places of a finding; beyond the first ones they are folded."""
    shown = items if len(items) <= MOST_RELATED else items[: MOST_RELATED - 1]
    if shown:
        yield element("ul", *shown, class_="related")
    if len(items) > len(shown):
        title = element("summary", f"{counted(len(items) - len(shown), 'more place')}")
        yield element("details", title, element("ul", *items[len(shown) :], class_="related"))


def _sure(diagnostic: Diagnostic) -> Markup:
    return element("span", f"{diagnostic.category}, {diagnostic.confidence}", class_="muted")


def _leads(report: FileReport, anchors: Anchors | None, number: int) -> Iterator[Markup | str]:
    """A link to the layer's box or row, and the place in the file."""
    layer = anchors.about[number] if anchors is not None else None
    if anchors is not None and layer is not None:
        target = anchors.node(layer)
        where = "in the graph" if target else "in the table"
        name = layer.full_name if layer.full_name.strip() else named(layer)
        yield element("a", f"Show {name} {where}", href=f"#{target or anchors.row(layer)}", class_="show")
        yield " · "
    yield element("code", report.location_text(report.diagnostics[number].finding.location))


def _where(report: FileReport, location: Location) -> Iterator[Markup | str]:
    yield " "
    yield element("code", report.location_text(location), class_="muted")
