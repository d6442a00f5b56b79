"""The format for comments on pull requests and for job summaries: GitHub Flavored Markdown, the worst first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.linting.report import FileReport, Run
from lstmlint.output.formats.parts import first_related, rank, titled, unreadable, worst_first
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.output.formats.text import abstentions, closing, remarks
from lstmlint.running.terminal import fit

#: Signs that begin HTML, end a cell of a table, or begin what Markdown formats. Those of the first kind become
#: references: a backslash before a pipe does not keep it in its cell where another backslash stands before it.
REFERENCES = {sign: f"&#{ord(sign)};" for sign in "<>&|"}
MARKS = {sign: f"\\{sign}" for sign in "\\`*_{}[]~#$!"}
ESCAPES = str.maketrans(REFERENCES | MARKS)

#: Positions at which hosts recognise the name of a user, the number of an issue, or an address.
LINKED = lazy_pattern(r"(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=:)(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)
#: A space of no width, as Markdown writes what is not seen.
NO_SPACE = "&#8203;"

HEAD = ("| Severity | Rule | Layer | Finding |", "|---|---|---|---|")


def render(run: Run, style: Style) -> str:
    lines = ["## lstmlint", "", f"**{closing(run.tally)}**"]
    for report in unreadable(run.reports):
        lines += ["", f"- {code(report.path)} {text(report.error)}"]
    for report in sorted(filter(_has_findings, run.reports), key=_worst):
        lines += ["", f"### {code(report.path)}", "", *HEAD]
        lines += [_row(report, diagnostic) for _, diagnostic in worst_first([report])]
    lines += _folded("Not judged, because something is unknown", abstentions(run.tally))
    lines += _folded("Settings that are not needed any more", remarks(run.tally))
    return "\n".join(lines) + "\n"


def _has_findings(report: FileReport) -> bool:
    return bool(report.diagnostics)


def _worst(report: FileReport) -> int:
    return min(rank(diagnostic.severity) for diagnostic in report.diagnostics)


def _row(report: FileReport, diagnostic: Diagnostic) -> str:
    finding = diagnostic.finding
    related, rest = first_related(diagnostic)
    seen = [
        f"see {code(report.location_text(one.location))}: {text(titled(one.location, one.message))}" for one in related
    ]
    seen += [f"see {rest}"] if rest else []
    told = [text(finding.message), *seen, f"*help:* {text(finding.help)}"]
    layer = code(finding.location.layer) if finding.location.layer else ""
    return f"| {diagnostic.severity} | {code(diagnostic.rule)} | {layer} | {'<br>'.join(told)} |"


def _folded(summary: str, lines: Iterator[str]) -> list[str]:
    """A folded list, or nothing where it is empty."""
    items = [f"- {text(line)}" for line in lines]
    return ["", "<details>", f"<summary>{summary}</summary>", "", *items, "", "</details>"] if items else []


def code(name: str) -> str:
    """A name from a file as code; an element, since a name may hold backticks, and a table reads between them."""
    return f"<code>{text(name)}</code>"


def text(words: str) -> str:
    """Words from a file that stay words: no format, no HTML, no end of a cell, no link, no mention of a user."""
    pieces = LINKED.split(fit(words))
    return NO_SPACE.join(piece.translate(ESCAPES) for piece in pieces)


MARKDOWN = Reporter("markdown", render)
