"""Parts of a finding that several formats need: its file and place, its text, its rank and its fingerprint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from lstmlint.ir.document import Position
from lstmlint.ir.finding import Diagnostic, Location, Related, Severity
from lstmlint.linting.report import FileReport, Status

#: The name in place of a rule where a path cannot be read.
UNREADABLE = "unreadable"

#: The largest number of related places of a finding that are listed for people.
MOST_RELATED = 6

#: The position of a file without lines, in formats that demand a line.
FIRST_LINE = Position(1, 1)


def file_of(report: FileReport, location: Location) -> str:
    """The file of a location: a stored tensor may lie in another file than the architecture."""
    return (location.stored and report.weights_path) or report.path


def position_of(report: FileReport, location: Location) -> Position | None:
    """The position of a location in a text; `None` in a container without lines."""
    return None if location.stored else report.positions.get(location.pointer)


def inside(report: FileReport, location: Location) -> str:
    """The place of a location in a container without lines: a stored tensor, or the path to a value of the config.

    The place is empty in a text, and for a location that is the whole file.
    """
    if location.stored or position_of(report, location) is not None:
        return location.stored
    return "/".join(filter(None, (report.config_place, *map(str, location.pointer))))


def headline(diagnostic: Diagnostic) -> str:
    """The layer and the message of a finding."""
    return titled(diagnostic.finding.location, diagnostic.finding.message)


def titled(location: Location, message: str) -> str:
    """A message behind the name of its layer."""
    return ": ".join(filter(None, (location.layer, message)))


def related(report: FileReport, diagnostic: Diagnostic) -> Iterator[str]:
    """The related places of a finding, one line each: the place, the layer and a few words."""
    for other in diagnostic.finding.related:
        yield f"{report.location_text(other.location)}: {titled(other.location, other.message)}"


def first_related(diagnostic: Diagnostic) -> tuple[tuple[Related, ...], str]:
    """The first related places of a finding, and the text that counts the others, if there are any."""
    places = diagnostic.finding.related
    if len(places) <= MOST_RELATED:
        return places, ""
    first = places[: MOST_RELATED - 1]
    return first, f"{len(places) - len(first)} more places, which --format json lists"


def seen(report: FileReport, diagnostic: Diagnostic) -> Iterator[str]:
    """`related` for people: of many places the first ones and the number of others."""
    first, rest = first_related(diagnostic)
    yield from islice(related(report, diagnostic), len(first))
    if rest:
        yield rest


def unreadable(reports: Sequence[FileReport]) -> Iterator[FileReport]:
    """The reports on paths that could not be read."""
    return (report for report in reports if report.status is Status.ERROR)


def worst_first(reports: Sequence[FileReport]) -> list[tuple[FileReport, Diagnostic]]:
    """Every finding with its report, the gravest first, otherwise in the order of the run."""
    findings = [(report, diagnostic) for report in reports for diagnostic in report.diagnostics]
    return sorted(findings, key=lambda item: rank(item[1].severity))


def rank(severity: Severity) -> int:
    """The position of a severity among all, 0 for the gravest."""
    return list(Severity).index(severity)


def fingerprints(report: FileReport, *more: str) -> Iterator[tuple[Diagnostic, str]]:
    """The findings of a report, each with 32 hexadecimal digits that stay when lines and other layers change.

    The digits come from rule, layer and condition, as in a baseline, and from the further texts that are given; a
    finding with members has those of the first. Equal findings of a file are counted, so that each has its own digits.
    """
    import hashlib
    import json

    from lstmlint.linting.baseline import condition

    met: Counter[str] = Counter()
    for diagnostic in report.diagnostics:
        first = diagnostic.singles[0]
        known = json.dumps([*more, first.rule, first.finding.location.layer, condition(first)])
        met[known] += 1
        yield diagnostic, hashlib.sha256(f"{known} {met[known]}".encode()).hexdigest()[:32]
