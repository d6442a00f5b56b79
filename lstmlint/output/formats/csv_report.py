"""The format for spreadsheets: one row for each finding; the first row names the columns."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.finding import Confidence, Diagnostic, Severity
from lstmlint.linting.report import FileReport, Run, Status
from lstmlint.output.formats.parts import UNREADABLE, file_of, inside, position_of, related
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.running.terminal import fit

COLUMNS = (
    "path", "line", "column", "place", "severity", "confidence", "category", "rule", "layer", "message", "help",
    "related",
)  # fmt: skip

#: Beginnings of a text that a spreadsheet takes for a formula; some also take the wide forms of East Asian keyboards.
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def render(run: Run, style: Style) -> str:
    import csv
    import io

    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in row] for report in run.reports for row in _rows(report))
    return output.getvalue()


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


def _cell(value: str | int) -> str | int:
    """A value that no spreadsheet computes; a text that looks like a formula gets the mark of a text before it."""
    if isinstance(value, int):
        return value
    text = fit(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


CSV = Reporter("csv", render)
