"""The format for browsers: the findings as a page. `lstmlint report` has the same page with the models drawn."""

from __future__ import annotations

from lstmlint.report import Run
from lstmlint.reporters.reporter import Reporter, Style


def render(run: Run, style: Style) -> str:
    """A run knows what was found, not the models, so there are no graphs."""
    from lstmlint.pictures.page import page
    from lstmlint.pictures.section import section

    return page([section(report, None, f"model-{at + 1}") for at, report in enumerate(run.reports)], "lstmlint check")


HTML = Reporter("html", render)
