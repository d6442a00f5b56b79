"""The format for editors and `grep`: one line for each finding, with file, line and column, and no other lines."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.finding import Severity
from lstmlint.linting.report import FileReport, Status, Tally
from lstmlint.output.formats.parts import FIRST_LINE, UNREADABLE, file_of, headline, position_of
from lstmlint.output.formats.reporter import Pieces, Style, told_by_file
from lstmlint.output.formats.text import coloured
from lstmlint.running.terminal import fit


def of_file(report: FileReport, style: Style) -> str:
    return "".join(f"{line}\n" for line in _lines(report, style))


def of_end(tally: Tally, style: Style) -> str:
    return ""


def _lines(report: FileReport, style: Style) -> Iterator[str]:
    if report.status is Status.ERROR:
        yield f"{fit(report.path)}:1:1: {coloured(Severity.ERROR, f'error[{UNREADABLE}]', style)} {fit(report.error)}"
    for diagnostic in report.diagnostics:
        location, severity = diagnostic.finding.location, diagnostic.severity
        at = position_of(report, location) or FIRST_LINE
        label = coloured(severity, f"{severity}[{diagnostic.rule}]", style)
        yield f"{fit(file_of(report, location))}:{at.line}:{at.column}: {label} {fit(headline(diagnostic))}"


CONCISE = told_by_file("concise", Pieces(of_file, of_end))
