"""The format for people: one line for each finding, a line with the cure, and a closing line with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.ir.words import counted
from lstmlint.linting.report import FileReport, Run, Status, totals
from lstmlint.output.formats.parts import first_related
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.running.terminal import fit

COLOURS = {Severity.ERROR: "\033[1;31m", Severity.WARNING: "\033[1;33m", Severity.NOTE: "\033[1;36m"}
PLAIN = "\033[0m"


def render(run: Run, style: Style) -> str:
    lines = [line for report in run.reports for line in _file(report, style)]
    return "\n".join([*lines, *abstentions(run.reports), *remarks(run), closing(run)]) + "\n"


def _file(report: FileReport, style: Style) -> Iterator[str]:
    if report.status is Status.ERROR:
        yield f"{fit(report.path)}: {coloured(Severity.ERROR, 'error', style)}: {fit(report.error)}"
    for diagnostic in report.diagnostics:
        yield from _diagnostic(report, diagnostic, style)


def _diagnostic(report: FileReport, diagnostic: Diagnostic, style: Style) -> Iterator[str]:
    finding = diagnostic.finding
    label = coloured(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.rule}]", style)
    place = fit(report.location_text(finding.location))
    yield ": ".join(filter(None, (place, label, fit(finding.location.layer), fit(finding.message))))
    related, rest = first_related(diagnostic)
    for one in related:
        yield fit(f"    see: {report.location_text(one.location)}: {one.location.layer}: {one.message}")
    if rest:
        yield f"    see: {rest}"
    yield fit(f"    help: {finding.help}")
    if style.points_to_pages:
        yield f"    why: lstmlint rule {diagnostic.rule}"


def remarks(run: Run) -> Iterator[str]:
    """The entries of the baseline and the ignores to which no finding belongs any more."""
    for known in run.gone:
        place = ": ".join(filter(None, (fit(known.path), known.rule, fit(known.layer))))
        yield f"gone since the baseline: {place}; write the baseline again to forget it"
    for use in run.unused_ignores:
        yield fit(
            f"unused ignore in {use.source}: {use.key!r} ignores {', '.join(use.selectors)}, and nothing is found there"
        )


def abstentions(reports: Sequence[FileReport]) -> Iterator[str]:
    """How many places could not be judged, by reason, the most frequent first."""
    places = {
        (report.path, abstention.unjudged.location, abstention.unjudged.because.reason)
        for report in reports
        for abstention in report.abstentions
    }
    reasons = Counter(reason for _, _, reason in places)
    for reason, number in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        yield fit(f"could not judge {counted(number, 'layer')}: {reason}")


def closing(run: Run) -> str:
    """The counts of a run in one line."""
    counts = totals(run.reports)
    found = ", ".join(counted(number, severity) for severity, number in counts.by_severity.items())
    checked = counts.files - counts.skipped - counts.errors
    parts = [f"{found} in {counted(checked, 'model')}"]
    if run.known:
        parts.append(f"{counted(run.known, 'finding')} known to the baseline")
    if counts.errors:
        parts.append(f"{counted(counts.errors, 'path')} could not be read")
    if counts.skipped:
        parts.append(f"{counted(counts.skipped, 'file')} skipped, not Keras models")
    return "; ".join(parts)


def coloured(severity: Severity, text: str, style: Style) -> str:
    """A text in the colour of a severity, where the style has colours."""
    return f"{COLOURS[severity]}{text}{PLAIN}" if style.is_coloured else text


TEXT = Reporter("text", render)
