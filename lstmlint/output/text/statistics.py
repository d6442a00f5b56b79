"""The number of findings of each rule in a format of `check --statistics`, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lstmlint.ir.finding import Severity
from lstmlint.linting.report import Run
from lstmlint.linting.statistics import rows, table
from lstmlint.output.formats.json_report import closing
from lstmlint.output.formats.parts import UNREADABLE, unreadable
from lstmlint.running.csv_text import csv_text
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit

VERSION = 1
COLUMNS = ("rule", "severity", "findings", "files")


def to_text(run: Run) -> str:
    """The paths that could not be read, and a table."""
    lines = (f"{fit(report.path)}: error: {fit(report.error)}\n" for report in unreadable(run.reports))
    return "".join([*lines, table(run.tally)])


def to_json(run: Run) -> str:
    """One object, described by `output/schemas/statistics.schema.json`."""
    content = {
        "version": VERSION,
        "rules": [dict(zip(COLUMNS, row, strict=True)) for row in rows(run.tally)],
        "totals": closing(run.tally)["totals"],
        "unreadable": [{"path": report.path, "error": report.error} for report in unreadable(run.reports)],
    }
    return json_text(content)


def to_csv(run: Run) -> str:
    """A row for each rule and severity; paths that could not be read are the errors of `unreadable`, as in `check`."""
    failed = run.tally.errors
    return csv_text([COLUMNS, *rows(run.tally), *([(UNREADABLE, Severity.ERROR, failed, failed)] if failed else [])])


FORMATS: Mapping[str, Callable[[Run], str]] = {"text": to_text, "json": to_json, "csv": to_csv}
