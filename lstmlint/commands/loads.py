"""`lstmlint loads`: the versions of Keras in which a file loads."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import RUNTIMES, add_paths, add_targets
from lstmlint.commands.command import CLEAN, FINDINGS, UNUSABLE, Command, UsageError
from lstmlint.commands.jobs import jobs_of

EXAMPLES = """\
examples:
  lstmlint loads model.h5                              every known Keras: does it load the file, and if not, why
  lstmlint loads --target keras-3 models/              exit with 1 if one of them is refused
  lstmlint loads --target keras-2.3 --target tf-keras-2.15 --format json model.h5
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_targets(
        parser, f"a version of Keras, such as keras-3.15 or tf-keras-2.15, or {RUNTIMES} (default: every known Keras)"
    )


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.ir.document import NotAModelError, UnreadableError
    from lstmlint.keras.facts import examined_targets
    from lstmlint.keras.versions import UnknownTargetError, targets_of
    from lstmlint.output.text import loads as output
    from lstmlint.pipeline import load
    from lstmlint.portability.verdict import Outcome, verdict
    from lstmlint.running.failures import defect
    from lstmlint.running.terminal import fit

    try:
        targets = targets_of(options.target) if options.target else examined_targets()
    except UnknownTargetError as error:
        raise UsageError(str(error)) from None
    files, is_unread, is_refused = [], False, False
    for job in jobs_of(options):
        try:
            if job.target.error:
                raise UnreadableError(job.target.error)
            model = load(job.path, job.weights, job.settings)
            verdicts = [verdict(model, target) for target in targets]
        except Exception as error:
            is_expected = isinstance(error, UnreadableError | NotAModelError)
            stderr.write(fit(f"{job.path}: error: {error if is_expected else defect(error)}") + "\n")
            is_unread = True
            continue
        refused = [one for one in verdicts if one.outcome in (Outcome.FAILS, Outcome.UNCALLABLE)]
        is_refused |= bool(options.target and refused)
        if options.format == "text":
            stdout.write(output.text(job.path, verdicts))
        else:
            files.append(output.as_data(job.path, verdicts))
    if options.format == "json":
        stdout.write(output.to_json(files))
    return UNUSABLE if is_unread else FINDINGS if is_refused else CLEAN


LOADS = Command(
    "loads", "say which Kerases load saved models, and why others refuse them", _add_arguments, _run, EXAMPLES
)
