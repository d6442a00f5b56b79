"""`lstmlint summary`: the table of `model.summary()`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from lstmlint.commands.arguments import add_paths, add_values
from lstmlint.commands.command import UNUSABLE, Command
from lstmlint.commands.jobs import jobs_of, worked
from lstmlint.commands.passing import passing

if TYPE_CHECKING:
    from lstmlint.commands.work.summarize import FileSummary

EXAMPLES = """\
examples:
  lstmlint summary model.h5                       the table of model.summary()
  lstmlint summary --expand-nested model.keras    with the layers of nested models
  lstmlint summary --values model.h5              with what the stored values tell
  lstmlint summary --axes model.h5                with what each axis means: time, units of a layer
  lstmlint summary --format jsonl zoo/            a line of JSON for each file; see 'lstmlint schema summary'
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    parser.add_argument("--format", choices=("text", "json", "jsonl"), default="text", help="default: text")
    add_values(parser, "add what the stored values tell; reads the whole file")
    parser.add_argument("--expand-nested", action="store_true", help="show the layers of nested models, indented")
    parser.add_argument("--axes", action="store_true", help="show what each axis means: time, units of a layer")
    parser.add_argument("--quiet", "-q", action="store_true", help="do not mention files that are no models")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from functools import partial

    from lstmlint.commands.work.summarize import FORMATS, lost, summarize
    from lstmlint.linting.report import Status
    from lstmlint.running.progress import shown

    jobs, passed = jobs_of(options), passing(options, stderr)
    one = partial(summarize, format_name=options.format, expand_nested=options.expand_nested, shows_axes=options.axes)
    results = worked(one, jobs, jobs, options, partial(lost, format_name=options.format))

    def told() -> Iterator[FileSummary]:
        for job, result in zip(jobs, shown(results, len(jobs), stderr), strict=True):
            is_skipped = result.status is Status.SKIPPED
            passed.meet(job.target, result.error if is_skipped else "")
            if not (is_skipped and options.quiet):
                yield result

    status = FORMATS[options.format].write(told(), stdout, stderr)
    if options.format == "text" and not options.quiet:
        passed.tell_skipped()
    return UNUSABLE if passed.fails() else status


SUMMARY = Command("summary", "print the layers, shapes and parameter counts", _add_arguments, _run, EXAMPLES)
