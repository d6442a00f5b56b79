"""The verdicts of all asked versions of Keras on one file, made in a worker process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.keras.versions import Target
from lstmlint.output.text.loads import as_data, text, to_json
from lstmlint.output.text.loads_table import rows
from lstmlint.pipeline import Job, load
from lstmlint.portability.verdict import Outcome, Verdict, verdict
from lstmlint.running.csv_text import csv_text
from lstmlint.running.failures import CRASHED, defect

#: In place of a format: nothing is told of single files.
PIN = "pin"


@dataclass(frozen=True, slots=True)
class FileLoads:
    """The outcomes of one file in the order of the targets, and its text in the wanted format.

    `data` is for formats that tell all files together; `error` is the reason where nothing is known, `skipped` that
    of a file that has nothing to do with Keras. `needs_tensorflow` as for `FileOutcomes`.
    """

    path: str
    outcomes: tuple[Outcome, ...] = ()
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    skipped: str = ""
    needs_tensorflow: bool = False


def judged(job: Job, *, targets: tuple[Target, ...], format_name: str) -> FileLoads:
    """The verdicts on one file; an error is in the result and is never raised."""
    path = job.path
    if job.target.error:
        return FileLoads(path, error=job.target.error)
    try:
        model = load(path, job.weights, job.settings)
        verdicts = [verdict(model, target) for target in targets]
    except NotAModelError as error:
        return FileLoads(path, skipped=str(error))
    except UnreadableError as error:
        return FileLoads(path, error=str(error))
    except Exception as error:
        return FileLoads(path, error=defect(error))
    outcomes = tuple(one.outcome for one in verdicts)
    if format_name == "json":
        return FileLoads(path, outcomes, data=as_data(path, verdicts))
    if format_name == PIN:
        return FileLoads(path, outcomes, needs_tensorflow=any(one.needs_tensorflow for one in verdicts))
    return FileLoads(path, outcomes, TEXTS[format_name](path, verdicts))


#: The formats that tell files one by one.
TEXTS: Mapping[str, Callable[[str, Sequence[Verdict]], str]] = {
    "text": text,
    "jsonl": lambda path, verdicts: to_json([as_data(path, verdicts)]),
    "csv": lambda path, verdicts: csv_text(rows(path, verdicts)),
}


def lost(job: Job) -> FileLoads:
    """The result for a file whose reading killed the process."""
    return FileLoads(job.path, error=CRASHED)
