"""The format for reviewdog: a `DiagnosticResult` of its Diagnostic Format, whose columns count bytes of UTF-8."""

from __future__ import annotations

from typing import Any

from lstmlint.ir.document import Position
from lstmlint.ir.finding import Diagnostic, Location, Severity
from lstmlint.ir.paths import from_folder
from lstmlint.linting.report import FileReport, Run
from lstmlint.output.formats.parts import (
    UNREADABLE,
    file_of,
    headline,
    position_of,
    titled,
    unreadable,
    worst_first,
)
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit

LEVELS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}


def render(run: Run, style: Style) -> str:
    diagnostics = [_unreadable(report) for report in unreadable(run.reports)]
    diagnostics += [_diagnostic(report, diagnostic) for report, diagnostic in worst_first(run.reports)]
    return json_text({"source": {"name": "lstmlint"}, "diagnostics": diagnostics}, is_ascii=True)


def _unreadable(report: FileReport) -> dict[str, Any]:
    return {
        "message": fit(report.error),
        "location": {"path": fit(from_folder(report.path))},
        "severity": LEVELS[Severity.ERROR],
        "code": {"value": UNREADABLE},
    }


def _diagnostic(report: FileReport, diagnostic: Diagnostic) -> dict[str, Any]:
    finding = diagnostic.finding
    content: dict[str, Any] = {
        "message": f"{fit(headline(diagnostic))}\nhelp: {fit(finding.help)}",
        "location": _location(report, finding.location),
        "severity": LEVELS[diagnostic.severity],
        "code": {"value": diagnostic.rule},
    }
    if finding.related:
        content["related_locations"] = [
            {"message": fit(titled(other.location, other.message)), "location": _location(report, other.location)}
            for other in finding.related
        ]
    return content


def _location(report: FileReport, location: Location) -> dict[str, Any]:
    at = position_of(report, location)
    path = fit(from_folder(file_of(report, location)))
    return {"path": path, "range": _range(at) if at else {"start": {"line": 1}}}


def _range(at: Position) -> dict[str, Any]:
    return {"start": {"line": at.line, "column": at.byte}, "end": {"line": at.line, "column": at.byte_end}}


RDJSON = Reporter("rdjson", render)
