"""The format for people: one line for each finding, a line with the cure, and a closing line with counts."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.ir.words import counted
from lstmlint.linting.report import FileReport, Status, Tally
from lstmlint.output.formats.parts import first_related
from lstmlint.output.formats.reporter import Pieces, Style, told_by_file
from lstmlint.running.terminal import fit

#: The largest number of findings that are listed without a table of them.
MOST_WITHOUT_TABLE = 50

COLOURS = {Severity.ERROR: "\033[1;31m", Severity.WARNING: "\033[1;33m", Severity.NOTE: "\033[1;36m"}
PLAIN = "\033[0m"


def of_file(report: FileReport, style: Style) -> str:
    return "".join(f"{line}\n" for line in _file(report, style))


def of_end(tally: Tally, style: Style) -> str:
    return "".join(f"{line}\n" for line in (*abstentions(tally), *remarks(tally), *by_rule(tally), closing(tally)))


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


def by_rule(tally: Tally) -> Iterator[str]:
    """The table of many findings by rule, and the options that narrow them."""
    number = tally.by_severity.total()
    if number <= MOST_WITHOUT_TABLE:
        return
    from lstmlint.linting.statistics import table

    first = max(tally.by_rule, key=lambda key: tally.by_rule[key])[0]
    errors = tally.by_severity[Severity.ERROR]
    ways = [
        *([("--min-severity error", f"only {counted(errors, 'error')}")] if 0 < errors < number else []),
        (f"--select {first}", f"only this rule; --ignore {first} shows the others"),
        ("--statistics", "only this table"),
        ("--baseline FILE", "only what is new since 'lstmlint baseline' recorded the findings"),
    ]
    width = max(len(option) for option, _ in ways)
    yield from ("", *table(tally).splitlines(), "", "to see less:")
    yield from (f"  {option:<{width}}  {shown}" for option, shown in ways)


def remarks(tally: Tally) -> Iterator[str]:
    """The entries of the baseline and the ignores to which no finding belongs any more."""
    for known in tally.gone:
        place = ": ".join(filter(None, (fit(known.path), known.rule, fit(known.layer))))
        yield f"gone since the baseline: {place}; write the baseline again to forget it"
    for use in tally.unused_ignores:
        yield fit(
            f"unused ignore in {use.source}: {use.key!r} ignores {', '.join(use.selectors)}, and nothing is found there"
        )


def abstentions(tally: Tally) -> Iterator[str]:
    """The number of places that could not be judged, by reason, the most frequent first."""
    for reason, number in sorted(tally.unjudged.items(), key=lambda item: (-item[1], item[0])):
        yield fit(f"could not judge {counted(number, 'layer')}: {reason}")


def closing(tally: Tally) -> str:
    """The counts of a run in one line."""
    counts = ", ".join(counted(number, severity) for severity, number in tally.by_severity.items())
    parts = [f"{counts} in {counted(tally.read, 'model')}"]
    if tally.known:
        parts.append(f"{counted(tally.known, 'finding')} known to the baseline")
    if tally.errors:
        parts.append(f"{counted(tally.errors, 'path')} could not be read")
    if tally.skipped:
        parts.append(f"{counted(tally.skipped, 'file')} skipped, not Keras models")
    return "; ".join(parts)


def coloured(severity: Severity, text: str, style: Style) -> str:
    """A text in the colour of a severity, where the style has colours."""
    return f"{COLOURS[severity]}{text}{PLAIN}" if style.is_coloured else text


TEXT = told_by_file("text", Pieces(of_file, of_end))
