"""The format for steps of GitHub Actions: one workflow command for each finding, which GitHub shows beside the file.

GitHub shows ten annotations of each kind for a step, so the gravest findings come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.ir.paths import from_folder
from lstmlint.linting.report import FileReport, Run
from lstmlint.output.formats.parts import (
    FIRST_LINE,
    UNREADABLE,
    file_of,
    headline,
    position_of,
    seen,
    unreadable,
    worst_first,
)
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.output.formats.text import closing
from lstmlint.running.terminal import fit

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

#: Escapes of the text of a command, and further escapes of its properties, which end at these signs.
DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(run: Run, style: Style) -> str:
    commands = [_unreadable(report) for report in unreadable(run.reports)]
    commands += [_finding(report, diagnostic) for report, diagnostic in worst_first(run.reports)]
    return "".join(f"{line}\n" for line in (*commands, closing(run.tally)))


def _unreadable(report: FileReport) -> str:
    return _command("error", {"file": from_folder(report.path), "title": UNREADABLE}, [report.error])


def _finding(report: FileReport, diagnostic: Diagnostic) -> str:
    location = diagnostic.finding.location
    at = position_of(report, location)
    properties = {"file": from_folder(file_of(report, location)), "line": str((at or FIRST_LINE).line)}
    if at:
        properties |= {"col": str(at.column), "endColumn": str(at.end)}
    return _command(COMMANDS[diagnostic.severity], {**properties, "title": diagnostic.rule}, _lines(report, diagnostic))


def _lines(report: FileReport, diagnostic: Diagnostic) -> Iterator[str]:
    yield headline(diagnostic)
    yield from (f"see: {line}" for line in seen(report, diagnostic))
    yield f"help: {diagnostic.finding.help}"


def _command(name: str, properties: Mapping[str, str], lines: Iterator[str] | list[str]) -> str:
    listed = ",".join(f"{key}={fit(value).translate(PROPERTY)}" for key, value in properties.items())
    return f"::{name} {listed}::" + "\n".join(map(fit, lines)).translate(DATA)


GITHUB = Reporter("github", render)
