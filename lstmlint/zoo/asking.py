"""The findings in a store as settings show them: severities, ignores and baselines apply when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lstmlint.ir.dataclass import replace
from lstmlint.ir.finding import Confidence, Diagnostic, Finding, Location, Related, Severity
from lstmlint.linting.baseline import comparisons
from lstmlint.linting.causes import merged
from lstmlint.linting.report import FileReport, Status
from lstmlint.settings.settings import Settings

if TYPE_CHECKING:
    import sqlite3

COLUMNS = (
    "rule, category, severity, confidence, layer, pointer_json, stored, message, help, related_json, cause, "
    "is_consequence, words"
)


def shown_findings(
    store: sqlite3.Connection,
    settings_of: Callable[[str], Settings],
    path_of: Callable[[str], str],
    where: str = "1",
    source: str = "current_findings",
) -> Iterator[tuple[str, tuple[Diagnostic, ...]]]:
    """Each file of today with findings, and what a check would show of them: findings of one cause as one.

    The `cause` of each is what it says without names and numbers.

    Args:
        store: the store.
        settings_of: gives the settings of a file by its path.
        path_of: gives the path of a file by its place in the store (`Places.path`).
        where: a condition on `path`, the place, in SQL.
        source: a view or query that has the columns of `current_findings`, for the findings of other days.
    """
    rows = store.execute(f"SELECT path, {COLUMNS} FROM {source} WHERE {where} ORDER BY path, position")
    baselines: dict[str, Any] = {}
    for place, of_file in groupby(rows, lambda row: row[0]):
        path = path_of(place)
        settings = settings_of(path)
        diagnostics = merged(shown(map(_diagnostic, of_file), path, settings))
        if settings.baseline:
            if settings.baseline not in baselines:
                baselines |= comparisons([settings.baseline])
            report = FileReport(path, Status.OK, diagnostics=diagnostics)
            diagnostics = baselines[settings.baseline].parted(report)[0].diagnostics
        if diagnostics:
            yield path, diagnostics


def shown(diagnostics: Iterable[Diagnostic], path: str, settings: Settings) -> Iterator[Diagnostic]:
    """Single findings with the severities that the settings give them, without those that they hide."""
    ignores = settings.ignores_for(path)
    for one in diagnostics:
        severity = settings.severity_of(one)
        if settings.shows(severity) and not any(ignore.covers(one) for ignore in ignores):
            yield replace(one, severity=severity)


def hides_nothing(settings: Settings) -> bool:
    """Whether settings show findings as the rules say them."""
    is_plain = not (settings.ignores or settings.severity or settings.baseline)
    return is_plain and settings.min_severity is Severity.NOTE


def _diagnostic(row: tuple[Any, ...]) -> Diagnostic:
    """A single finding from the columns of a row, behind the path."""
    _, rule, category, severity, confidence, layer, pointer, stored, message, cure, related, cause, *rest = row
    is_consequence, said = rest
    others = tuple(Related(_location(*place), text) for *place, text in json.loads(related))
    finding = Finding(_location(layer, pointer, stored), message, cure, others, cause=said)
    return Diagnostic(
        finding, rule, category, Severity(severity), Confidence(confidence), cause, is_consequence=bool(is_consequence)
    )


def _location(layer: str, pointer: str, stored: str) -> Location:
    return Location(layer, tuple(json.loads(pointer)), stored)
