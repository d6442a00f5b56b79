"""`lstmlint loads`: the versions of Keras in which a file loads."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import RUNTIMES, add_paths, add_targets
from lstmlint.commands.command import CLEAN, FINDINGS, UNUSABLE, Command, UsageError
from lstmlint.commands.jobs import jobs_of, worked
from lstmlint.commands.passing import passing

EXAMPLES = """\
examples:
  lstmlint loads model.h5                              every known Keras: does it load the file, and if not, why
  lstmlint loads --target keras-3 models/              exit with 1 if one of them is refused
  lstmlint loads --target keras-2.3 --target tf-keras-2.15 --format json model.h5
  lstmlint loads --pin zoo/                            the fewest sets of packages in which the files load
  lstmlint loads --format csv zoo/ > loads.csv         a row for each file and Keras; jsonl: a line for each file
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    parser.add_argument("--format", choices=("text", "json", "jsonl", "csv"), default="text", help="default: text")
    parser.add_argument(
        "--pin", action="store_true", help="tell the fewest sets of packages in which the files load, as text or json"
    )
    add_targets(
        parser, f"a version of Keras, such as keras-3.15 or tf-keras-2.15, or {RUNTIMES} (default: every known Keras)"
    )


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from functools import partial

    from lstmlint.commands.work.loading import judged, lost
    from lstmlint.keras.facts import examined_targets
    from lstmlint.keras.versions import UnknownTargetError, targets_of
    from lstmlint.output.text.loads import to_json
    from lstmlint.output.text.loads_table import COLUMNS, Tally
    from lstmlint.running.csv_text import csv_text
    from lstmlint.running.progress import shown
    from lstmlint.running.terminal import fit

    try:
        targets = tuple(targets_of(options.target) if options.target else examined_targets())
    except UnknownTargetError as error:
        raise UsageError(str(error)) from None
    if options.pin:
        from lstmlint.commands.pins import pinned

        return pinned(options, targets, stdout, stderr)
    jobs, passed = jobs_of(options), passing(options, stderr)
    results = worked(partial(judged, targets=targets, format_name=options.format), jobs, jobs, options, lost)
    tally, files = Tally(targets), []
    if options.format == "csv":
        stdout.write(csv_text([COLUMNS]))
    for job, one in zip(jobs, shown(results, len(jobs), stderr), strict=True):
        passed.meet(job.target, one.skipped)
        if not one.skipped:
            tally.add(one.outcomes)
        if one.error:
            stderr.write(fit(f"{one.path}: error: {one.error}") + "\n")
        elif one.data:
            files.append(one.data)
        stdout.write(one.text)
        stdout.flush()
    if options.format == "json":
        stdout.write(to_json(files))
    elif options.format == "text" and len(jobs) > 1:
        stdout.write(tally.text())
    if options.format == "text":
        passed.tell_skipped()
    if passed.fails() or tally.unread:
        return UNUSABLE
    return FINDINGS if options.target and tally.is_refused else CLEAN


LOADS = Command(
    "loads", "say which Kerases load saved models, and why others refuse them", _add_arguments, _run, EXAMPLES
)
