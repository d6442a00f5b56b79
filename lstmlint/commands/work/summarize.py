"""Summaries of many files: each is made in a worker process as text or JSON, and written in the order of the files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TextIO

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.linting.report import Status
from lstmlint.output.text.summary import failure, text, to_object
from lstmlint.pipeline import Job, load_for_summary
from lstmlint.running.failures import CRASHED, defect
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit


@dataclass(frozen=True, slots=True)
class FileSummary:
    """The summary of one file in the wanted format; `error` is the reason where there is none."""

    path: str
    status: Status
    content: str
    error: str = ""


def summarize(job: Job, *, format_name: str, expand_nested: bool, shows_axes: bool = False) -> FileSummary:
    """The summary of one file; an error is in the result and is never raised."""
    target = job.target
    if target.error:
        return _failed(target.path, Status.ERROR, target.error, format_name)
    try:
        model = load_for_summary(target.path, job.weights, job.settings)
    except NotAModelError as error:
        return _failed(target.path, Status.SKIPPED, str(error), format_name)
    except UnreadableError as error:
        return _failed(target.path, Status.ERROR, str(error), format_name)
    except Exception as error:
        return _failed(target.path, Status.ERROR, defect(error), format_name)
    if format_name == "text":
        return FileSummary(target.path, Status.OK, text(model, expand_nested=expand_nested, shows_axes=shows_axes))
    return FileSummary(target.path, Status.OK, json_text(to_object(target.path, model), indent=None))


def lost(job: Job, *, format_name: str) -> FileSummary:
    """The result for a file whose reading killed the process."""
    return _failed(job.path, Status.ERROR, CRASHED, format_name)


def _failed(path: str, status: Status, error: str, format_name: str) -> FileSummary:
    content = "" if format_name == "text" else json_text(failure(path, str(status), error), indent=None)
    return FileSummary(path, status, content, error)


def _write_text(results: Iterable[FileSummary], stdout: TextIO, stderr: TextIO) -> int:
    status = 0
    written = 0
    for result in results:
        if result.status is Status.ERROR:
            stderr.write(fit(f"{result.path}: error: {result.error}") + "\n")
            status = 2
        if result.error:
            continue
        stdout.write(("\n" if written else "") + f"{fit(result.path)}\n{result.content}")
        written += 1
    return status


def _write_jsonl(results: Iterable[FileSummary], stdout: TextIO, stderr: TextIO) -> int:
    status = 0
    for result in results:
        stdout.write(result.content)
        status = 2 if result.status is Status.ERROR else status
    return status


def _write_json(results: Iterable[FileSummary], stdout: TextIO, stderr: TextIO) -> int:
    """One object for one file, an array for several."""
    everything = list(results)
    objects = [json.loads(result.content) for result in everything]
    stdout.write(json_text(objects[0] if len(objects) == 1 else objects))
    return 2 if any(result.status is Status.ERROR for result in everything) else 0


@dataclass(frozen=True, slots=True)
class Format:
    """A format of summaries: `write` writes results and returns the exit status."""

    write: Callable[[Iterable[FileSummary], TextIO, TextIO], int]


FORMATS = {"text": Format(_write_text), "json": Format(_write_json), "jsonl": Format(_write_jsonl)}
