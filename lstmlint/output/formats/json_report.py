"""The format for programs: one versioned JSON object, described by `output/schemas/check.schema.json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lstmlint.ir.finding import Abstention, Diagnostic, Location, Severity
from lstmlint.linting.report import FileReport, Run, Tally
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.running.json_text import json_text

VERSION = 1


def render(run: Run, style: Style) -> str:
    return json_text(to_object(run), is_ascii=True)


def to_object(run: Run) -> dict[str, Any]:
    """All results of a check as plain data."""
    return {"version": VERSION, "files": [file_object(report) for report in run.reports], **closing(run.tally)}


def closing(tally: Tally) -> dict[str, Any]:
    """The totals over all files."""
    return {
        "totals": {
            "files": tally.files,
            "skipped": tally.skipped,
            "errors": tally.errors,
            "findings": {str(severity): tally.by_severity[severity] for severity in Severity},
        },
        "baseline": {"known": tally.known, "gone": [asdict(known) for known in tally.gone]},
        "unused_ignores": [
            {"source": use.source, "key": use.key, "selectors": list(use.selectors)} for use in tally.unused_ignores
        ],
    }


def file_object(report: FileReport) -> dict[str, Any]:
    """The results of one file."""
    return {
        "path": report.path,
        "status": str(report.status),
        "error": report.error or None,
        "findings": [_finding(report, diagnostic) for diagnostic in report.diagnostics],
        "unjudged": [_unjudged(report, abstention) for abstention in report.abstentions],
    }


def _finding(report: FileReport, diagnostic: Diagnostic) -> dict[str, Any]:
    """A finding with its members, where it stands for several findings of one cause."""
    members = [_single(report, member) for member in diagnostic.members]
    return {**_single(report, diagnostic), "members": members}


def _single(report: FileReport, diagnostic: Diagnostic) -> dict[str, Any]:
    finding = diagnostic.finding
    return {
        "rule": diagnostic.rule,
        "category": diagnostic.category,
        "severity": str(diagnostic.severity),
        "confidence": str(diagnostic.confidence),
        "message": finding.message,
        "help": finding.help,
        "location": _location(report, finding.location),
        "related": [
            {"location": _location(report, related.location), "message": related.message} for related in finding.related
        ],
    }


def _unjudged(report: FileReport, abstention: Abstention) -> dict[str, Any]:
    unjudged = abstention.unjudged
    return {
        "rule": abstention.rule,
        "reason": unjudged.because.reason,
        "location": _location(report, unjudged.location),
    }


def _location(report: FileReport, location: Location) -> dict[str, Any]:
    position = report.positions.get(location.pointer)
    return {
        "layer": location.layer or None,
        "container_place": report.config_place or None,
        "pointer": list(location.pointer),
        "stored": location.stored or None,
        "line": position.line if position else None,
        "column": position.column if position else None,
    }


JSON = Reporter("json", render)
