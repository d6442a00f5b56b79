"""What the reporters get: one report a file, with the places of its findings resolved to lines where there are any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lstmlint.document import Document, Pointer
from lstmlint.finding import Abstention, Diagnostic, Location, Severity
from lstmlint.spans import Position, position


class Status(StrEnum):
    """What became of a file."""

    OK = "ok"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class FileReport:
    """Everything that is said of one file. `error` is why it is unreadable or was skipped, empty otherwise."""

    path: str
    status: Status
    error: str = ""
    config_place: str = ""
    weights_path: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    abstentions: tuple[Abstention, ...] = ()
    positions: Mapping[Pointer, Position] = field(default_factory=dict)

    def place(self, location: Location) -> str:
        """A location as text: a stored tensor, line and column of a JSON file, or the path inside the container."""
        if location.stored:
            return f"{self.weights_path or self.path}:{location.stored}"
        found = self.positions.get(location.pointer)
        if found is not None:
            return f"{self.path}:{found.line}:{found.column}"
        inside = "/".join(filter(None, (self.config_place, *map(str, location.pointer))))
        return f"{self.path}:{inside}" if inside else self.path


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of the closing line."""

    by_severity: Mapping[Severity, int]
    files: int
    skipped: int
    errors: int


def positions_of(document: Document, locations: tuple[Location, ...]) -> dict[Pointer, Position]:
    """Lines and columns of the places that are reported; none where the container is no text."""
    if document.text is None:
        return {}
    prefix: Pointer = (document.config_place,) if document.config_place else ()
    found = {location.pointer: position(document.text, prefix + location.pointer) for location in locations}
    return {pointer: place for pointer, place in found.items() if place is not None}


def totals(reports: list[FileReport]) -> Totals:
    """Count findings by severity, and files by status."""
    severities = [diagnostic.severity for report in reports for diagnostic in report.diagnostics]
    return Totals(
        by_severity={severity: severities.count(severity) for severity in Severity},
        files=len(reports),
        skipped=sum(report.status is Status.SKIPPED for report in reports),
        errors=sum(report.status is Status.ERROR for report in reports),
    )
