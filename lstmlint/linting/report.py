"""The input of reporters: one report for each file, with lines for the locations of findings, and a tally of all files.

The tally counts reports while they pass, so that a check need not keep them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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
        position = self.positions.get(location.pointer)
        if position is not None:
            return f"{self.path}:{position.line}:{position.column}"
        inside = "/".join(filter(None, (self.config_place, *map(str, location.pointer))))
        return f"{self.path}:{inside}" if inside else self.path


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that a baseline knows: its file, rule, layer and condition."""

    path: str
    rule: str
    layer: str
    condition: str


@dataclass(slots=True)
class Tally:
    """The counts of a check, and the remarks at its end.

    `by_rule` counts findings, and `files_by_rule` the files that have them, by rule and severity.
    `unjudged` counts places that could not be judged, by reason. `fails` tells whether a finding is severe enough for
    the check to fail. `known` counts findings that are left out because a baseline knows them, `gone` are findings that
    a baseline knows but that no longer occur. `unused_ignores` cover files of it but kept nothing out of a report.
    """

    files: int = 0
    skipped: int = 0
    errors: int = 0
    by_severity: Counter[Severity] = field(default_factory=lambda: Counter(dict.fromkeys(Severity, 0)))
    by_rule: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    files_by_rule: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)
    ignores: dict[IgnoreUse, None] = field(default_factory=dict)
    fails: bool = False
    known: int = 0
    gone: tuple[Known, ...] = ()
    unused_ignores: tuple[IgnoreUse, ...] = ()

    def add(self, report: FileReport) -> None:
        """Count a report; each file has one."""
        self.files += 1
        self.skipped += report.status is Status.SKIPPED
        self.errors += report.status is Status.ERROR
        self.by_severity.update(diagnostic.severity for diagnostic in report.diagnostics)
        rules = [(diagnostic.rule, diagnostic.severity) for diagnostic in report.diagnostics]
        self.by_rule.update(rules)
        self.files_by_rule.update(set(rules))
        places = {(one.unjudged.location, one.unjudged.because.reason) for one in report.abstentions}
        self.unjudged.update(reason for _, reason in places)
        self.ignores.update(dict.fromkeys(report.ignores))
        self.fails |= report.fails

    @property
    def read(self) -> int:
        """The number of models that were read."""
        return self.files - self.skipped - self.errors

    @property
    def says_nothing(self) -> bool:
        """Whether every file was readable, and there are no findings, no gone findings and no unused ignores."""
        return not (self.errors or self.by_severity.total() or self.gone or self.unused_ignores)

    def without_use(self) -> tuple[IgnoreUse, ...]:
        """The ignores that cover files and kept nothing out of any report, in the order of the settings."""
        used = {(use.source, use.key) for use in self.ignores if use.is_used}
        return tuple(use for use in self.ignores if (use.source, use.key) not in used)


@dataclass(frozen=True, slots=True)
class Run:
    """A whole check, for formats that need all reports at once: the reports, and what is said of them together."""

    reports: tuple[FileReport, ...]
    tally: Tally


def run_on(reports: Iterable[FileReport]) -> Run:
    """A run of reports that are all at hand, without a baseline."""
    run = Run(tuple(reports), Tally())
    for report in run.reports:
        run.tally.add(report)
    run.tally.unused_ignores = run.tally.without_use()
    return run
