"""The format for dashboards of tests: JUnit XML, with a suite for each model and a case for each finding.

A finding fails its case where its severity fails the check; a model without findings is one case that passes.
Files that are no models are not listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.linting.report import FileReport, Run, Status, run_on
from lstmlint.output.formats.parts import UNREADABLE, headline, seen, titled
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.output.formats.text import abstentions
from lstmlint.running.terminal import fit

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: The name of the case of a model without findings.
CLEAN = "lstmlint"

#: Characters that XML cannot hold and a terminal can.
UNFIT_FOR_XML = lazy_pattern("[\ufffe\uffff]")


def render(run: Run, style: Style) -> str:
    from xml.etree.ElementTree import Element, indent, tostring

    root = Element("testsuites", name="lstmlint")
    root.extend(_suite(report) for report in run.reports if report.status is not Status.SKIPPED)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    # Characters beyond ASCII become references, so the text is right in every encoding of the output.
    content: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return content.decode("ascii") + "\n"


def _suite(report: FileReport) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    cases = list(_cases(report))
    suite = Element("testsuite", name=_fit(report.path), tests=str(len(cases)))
    for count, tag in (("failures", "failure"), ("errors", "error")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    unjudged = list(abstentions(run_on([report]).tally))
    if unjudged:
        SubElement(suite, "system-out").text = "\n".join(map(_fit, unjudged))
    return suite


def _cases(report: FileReport) -> Iterator[Element]:
    if report.status is Status.ERROR:
        case = _case(report, UNREADABLE)
        _tell(case, "error", UNREADABLE, report.error, [report.error])
        yield case
    elif not report.diagnostics:
        yield _case(report, CLEAN)
    met: Counter[str] = Counter()
    for diagnostic in report.diagnostics:
        name = titled(diagnostic.finding.location, diagnostic.rule)
        met[name] += 1
        case = _case(report, f"{name} ({met[name]})" if met[name] > 1 else name)
        lines = list(_lines(report, diagnostic))
        if diagnostic.severity in report.failing:
            _tell(case, "failure", diagnostic.rule, headline(diagnostic), lines)
        else:
            _tell(case, "system-out", "", "", lines)
        yield case


def _lines(report: FileReport, diagnostic: Diagnostic) -> Iterator[str]:
    finding = diagnostic.finding
    yield f"{report.location_text(finding.location)}: {diagnostic.severity}[{diagnostic.rule}]: {headline(diagnostic)}"
    yield from (f"see: {line}" for line in seen(report, diagnostic))
    yield f"help: {finding.help}"


def _case(report: FileReport, name: str) -> Element:
    from xml.etree.ElementTree import Element

    return Element("testcase", name=_fit(name), classname=_fit(report.path))


def _tell(case: Element, tag: str, kind: str, message: str, lines: list[str]) -> None:
    """Put an outcome into a case: its kind, its message in one line, and its full text."""
    from xml.etree.ElementTree import SubElement

    attributes = {"type": kind, "message": _fit(message)} if kind else {}
    SubElement(case, tag, attributes).text = "\n".join(map(_fit, lines))


def _fit(text: str) -> str:
    return UNFIT_FOR_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", fit(text))


JUNIT = Reporter("junit", render)
