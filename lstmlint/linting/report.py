"""The input of reporters: one report for each file, with lines for the locations of findings where there are lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Pointer, Position
from lstmlint.ir.finding import Abstention, Diagnostic, Location, Severity


class Status(StrEnum):
    """The outcome of reading a file."""

    OK = "ok"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class IgnoreUse:
    """An ignore of the settings that covers a file, and whether it kept a finding of the file out of the report."""

    source: str
    key: str
    selectors: tuple[str, ...]
    is_used: bool


@dataclass(frozen=True, slots=True)
class FileReport:
    """The report on one file. `error` is the reason why it is unreadable or was skipped, empty otherwise.

    `failing` are the severities for which a check fails, as the settings of the file say.
    """

    path: str
    status: Status
    error: str = ""
    config_place: str = ""
    weights_path: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    abstentions: tuple[Abstention, ...] = ()
    positions: Mapping[Pointer, Position] = field(default_factory=dict)
    ignores: tuple[IgnoreUse, ...] = ()
    failing: frozenset[Severity] = frozenset()

    @property
    def fails(self) -> bool:
        """Whether a finding is severe enough for the check to fail."""
        return any(diagnostic.severity in self.failing for diagnostic in self.diagnostics)

    def location_text(self, location: Location) -> str:
        """A location as text: a stored tensor, line and column of a JSON file, or the path inside the container."""
        if location.stored:
            return f"{self.weights_path or self.path}:{location.stored}"
        found = self.positions.get(location.pointer)
        if found is not None:
            return f"{self.path}:{found.line}:{found.column}"
        inside = "/".join(filter(None, (self.config_place, *map(str, location.pointer))))
        return f"{self.path}:{inside}" if inside else self.path


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that a baseline knows: its file, rule, layer and condition."""

    path: str
    rule: str
    layer: str
    condition: str


@dataclass(frozen=True, slots=True)
class Run:
    """The result of a check: the reports, compared with the baseline and the ignores.

    `known` counts findings that are left out because a baseline knows them. `gone` are findings that a baseline knows
    but that no longer occur. `unused_ignores` cover files of this run but kept nothing out of the report.
    """

    reports: tuple[FileReport, ...]
    known: int = 0
    gone: tuple[Known, ...] = ()
    unused_ignores: tuple[IgnoreUse, ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether every file was readable, and there are no findings, no gone findings and no unused ignores."""
        is_clean = all(report.status is not Status.ERROR and not report.diagnostics for report in self.reports)
        return is_clean and not self.gone and not self.unused_ignores


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of the closing line."""

    by_severity: Mapping[Severity, int]
    files: int
    skipped: int
    errors: int


def unused_ignores(reports: Sequence[FileReport]) -> tuple[IgnoreUse, ...]:
    """The ignores that cover files and kept nothing out of any report, in the order of the settings."""
    uses = dict.fromkeys(use for report in reports for use in report.ignores)
    used = {(use.source, use.key) for use in uses if use.is_used}
    return tuple(use for use in uses if (use.source, use.key) not in used)


def totals(reports: Sequence[FileReport]) -> Totals:
    """Count findings by severity, and files by status."""
    severities = [diagnostic.severity for report in reports for diagnostic in report.diagnostics]
    return Totals(
        by_severity={severity: severities.count(severity) for severity in Severity},
        files=len(reports),
        skipped=sum(report.status is Status.SKIPPED for report in reports),
        errors=sum(report.status is Status.ERROR for report in reports),
    )
