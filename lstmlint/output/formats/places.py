"""What several formats need of a finding: its file and place, its text, its rank, and how to know it again."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from lstmlint.ir.document import Position
from lstmlint.ir.finding import Diagnostic, Location, Related, Severity
from lstmlint.linting.report import FileReport, Status

#: What stands for the rule where a path cannot be read.
UNREADABLE = "unreadable"

#: So many other ends of a finding are listed for people.
MOST_RELATED = 6

#: Where a file that is no text is shown by formats that demand a line.
FIRST_LINE = Position(1, 1)


def file_of(report: FileReport, location: Location) -> str:
    """The file that a location is in: a stored tensor may lie in another one than the architecture."""
    return (location.stored and report.weights_path) or report.path


def position_of(report: FileReport, location: Location) -> Position | None:
    """Where a location stands in a text; `None` in a container that has no lines."""
    return None if location.stored else report.positions.get(location.pointer)


def inside(report: FileReport, location: Location) -> str:
    """The place of a location in a container that has no lines: a stored tensor, or the path to a value of the config.

    It is empty in a text, and where a location is the whole file.
    """
    if location.stored or position_of(report, location) is not None:
        return location.stored
    return "/".join(filter(None, (report.config_place, *map(str, location.pointer))))


def relative(path: str) -> str:
    """A path as repositories write it: from the current folder, with slashes; absolute where it lies elsewhere."""
    try:
        found = os.path.relpath(path)
    except ValueError:  # on another drive
        found = os.pardir
    is_elsewhere = found == os.pardir or found.startswith(os.pardir + os.sep)
    return (os.path.abspath(path) if is_elsewhere else found).replace(os.sep, "/")


def headline(diagnostic: Diagnostic) -> str:
    """The layer and what is said of it."""
    return titled(diagnostic.finding.location, diagnostic.finding.message)


def titled(location: Location, message: str) -> str:
    """A message behind the layer that it is about."""
    return ": ".join(filter(None, (location.layer, message)))


def related(report: FileReport, diagnostic: Diagnostic) -> Iterator[str]:
    """The other ends of a finding, a line each: the place, the layer and a few words."""
    for other in diagnostic.finding.related:
        yield f"{report.location_text(other.location)}: {titled(other.location, other.message)}"


def first_related(diagnostic: Diagnostic) -> tuple[tuple[Related, ...], str]:
    """As many other ends of a finding as people read, and what is said of the others, if there are any."""
    found = diagnostic.finding.related
    if len(found) <= MOST_RELATED:
        return found, ""
    first = found[: MOST_RELATED - 1]
    return first, f"{len(found) - len(first)} more places, which --format json lists"


def seen(report: FileReport, diagnostic: Diagnostic) -> Iterator[str]:
    """`related` for people: where there are many, the first and how many more."""
    first, rest = first_related(diagnostic)
    yield from islice(related(report, diagnostic), len(first))
    if rest:
        yield rest


def unreadable(reports: Sequence[FileReport]) -> Iterator[FileReport]:
    """The reports on paths that could not be read."""
    return (report for report in reports if report.status is Status.ERROR)


def worst_first(reports: Sequence[FileReport]) -> list[tuple[FileReport, Diagnostic]]:
    """Every finding with its report, the gravest first, otherwise in the order of the run."""
    found = [(report, diagnostic) for report in reports for diagnostic in report.diagnostics]
    return sorted(found, key=lambda item: rank(item[1].severity))


def rank(severity: Severity) -> int:
    """The place of a severity among all, 0 for the gravest."""
    return list(Severity).index(severity)


def fingerprints(report: FileReport, *more: str) -> Iterator[tuple[Diagnostic, str]]:
    """The findings of a report, each with 32 hexadecimal digits that stay when lines and other layers change.

    A finding is known again as a baseline knows it: by rule, layer and condition (and whatever more is given), one that
    is told for several by those of the first. Equal ones of a file are counted, so that each has its own.
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
