"""The parts of a page of many files, each drawn in a worker process."""

from __future__ import annotations

from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.model import Model
from lstmlint.linting.report import FileReport, Status
from lstmlint.output.figures.section import Section, section
from lstmlint.pipeline import Job, analyze, report_on
from lstmlint.running.failures import CRASHED, defect


def draw(numbered: tuple[int, Job]) -> Section:
    """The part of the page for one file; an error is in the part and is never raised."""
    number, job = numbered
    path = job.target.path
    if job.target.error:
        return _without_model(number, path, Status.ERROR, job.target.error)
    try:
        analysis = analyze(path, job.weights, job.settings)
        return _section(number, report_on(analysis, path, job.settings), analysis.model)
    except NotAModelError as error:
        return _without_model(number, path, Status.SKIPPED, str(error))
    except UnreadableError as error:
        return _without_model(number, path, Status.ERROR, str(error))
    except Exception as error:
        return _without_model(number, path, Status.ERROR, defect(error))


def lost(numbered: tuple[int, Job]) -> Section:
    """The part for a file whose reading killed the process."""
    return _without_model(numbered[0], numbered[1].path, Status.ERROR, CRASHED)


def _without_model(number: int, path: str, status: Status, error: str) -> Section:
    return _section(number, FileReport(path, status, error), None)


def _section(number: int, report: FileReport, model: Model | None) -> Section:
    return section(report, model, f"model-{number + 1}")
