"""What the reporters get: one report a file, with the places of its findings resolved to lines where there are any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lstmlint.ir.document import Pointer, Position
from lstmlint.ir.finding import Abstention, Diagnostic, Location, Severity


class Status(StrEnum):
    """What became of a file."""

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
    """Everything that is said of one file. `error` is why it is unreadable or was skipped, empty otherwise.

    `failing` are the severities for which the settings of the file let a check fail.
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
        """Whether a finding is grave enough to let the check fail."""
        return any(diagnostic.severity in self.failing for diagnostic in self.diagnostics)

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
class Known:
    """A finding that a baseline knows: the file, the rule, the layer, and the condition that made the rule speak."""

    path: str
    rule: str
    layer: str
    condition: str


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that a check says: the reports, and how they compare with the baseline and the ignores.

    `known` counts the findings that are left out because a baseline knows them, `gone` are those that it knows and
    that are not found any more, `unused_ignores` cover files of this run and kept nothing out of the report.
    """

    reports: tuple[FileReport, ...]
    known: int = 0
    gone: tuple[Known, ...] = ()
    unused_ignores: tuple[IgnoreUse, ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether every file could be read and nothing is found, gone or ignored in vain."""
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
