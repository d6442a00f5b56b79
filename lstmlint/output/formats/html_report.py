"""The format for browsers: the findings as a page. `lstmlint report` has the same page with the models drawn."""

from __future__ import annotations

from lstmlint.linting.report import Run
from lstmlint.output.formats.reporter import Reporter, Style


def render(run: Run, style: Style) -> str:
    """The page of a run; it has no graphs, since a run holds findings and no models."""
    from lstmlint.output.figures.page import page
    from lstmlint.output.figures.section import section

    return page([section(report, None, f"model-{at + 1}") for at, report in enumerate(run.reports)], "lstmlint check")


HTML = Reporter("html", render)
