"""The format for spreadsheets: one row for each finding; the first row names the columns."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.finding import Confidence, Diagnostic, Severity
from lstmlint.linting.report import FileReport, Run, Status
from lstmlint.output.formats.parts import UNREADABLE, file_of, inside, position_of, related
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.running.csv_text import csv_text

COLUMNS = (
    "path", "line", "column", "place", "severity", "confidence", "category", "rule", "layer", "message", "help",
    "related",
)  # fmt: skip


def render(run: Run, style: Style) -> str:
    return csv_text([COLUMNS, *(row for report in run.reports for row in _rows(report))])


def _rows(report: FileReport) -> Iterator[tuple[str | int, ...]]:
    if report.status is Status.ERROR:
        certain = (str(Severity.ERROR), str(Confidence.CERTAIN))
        yield (report.path, "", "", "", *certain, "file", UNREADABLE, "", report.error, "", "")
    for diagnostic in report.diagnostics:
        yield _row(report, diagnostic)


def _row(report: FileReport, diagnostic: Diagnostic) -> tuple[str | int, ...]:
    finding = diagnostic.finding
    at = position_of(report, finding.location)
    return (
        file_of(report, finding.location),
        at.line if at else "",
        at.column if at else "",
        inside(report, finding.location),
        str(diagnostic.severity),
        str(diagnostic.confidence),
        diagnostic.category,
        diagnostic.rule,
        finding.location.layer,
        finding.message,
        finding.help,
        "; ".join(related(report, diagnostic)),
    )


CSV = Reporter("csv", render)
