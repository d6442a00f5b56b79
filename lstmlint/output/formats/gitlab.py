"""The format for merge requests of GitLab: a Code Quality report, as its artifact `codequality` takes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from lstmlint.ir.finding import Severity
from lstmlint.ir.paths import from_folder
from lstmlint.linting.report import FileReport, Run, Status
from lstmlint.output.formats.parts import (
    FIRST_LINE,
    UNREADABLE,
    file_of,
    fingerprints,
    headline,
    position_of,
)
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit

LEVELS = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}

#: GitLab's name for an unknown path.
WORST = "blocker"


def render(run: Run, style: Style) -> str:
    return json_text([issue for report in run.reports for issue in _issues(report)], is_ascii=True)


def _issues(report: FileReport) -> Iterator[dict[str, Any]]:
    path = from_folder(report.path)
    if report.status is Status.ERROR:
        known = hashlib.sha256(json.dumps([path, UNREADABLE]).encode()).hexdigest()[:32]
        yield _issue(report.error, UNREADABLE, known, WORST, path, FIRST_LINE.line)
    for diagnostic, known in fingerprints(report, path):
        location = diagnostic.finding.location
        yield _issue(
            f"{headline(diagnostic)}; {diagnostic.finding.help}",
            diagnostic.rule,
            known,
            LEVELS[diagnostic.severity],
            from_folder(file_of(report, location)),
            (position_of(report, location) or FIRST_LINE).line,
        )


def _issue(description: str, name: str, fingerprint: str, severity: str, path: str, line: int) -> dict[str, Any]:
    return {
        "description": fit(description),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": fit(path), "lines": {"begin": line}},
    }


GITLAB = Reporter("gitlab", render)
