"""`lstmlint baseline`: write the findings of today."""

from __future__ import annotations

import argparse
import os
from typing import TextIO

from lstmlint.commands.arguments import add_paths, add_selection
from lstmlint.commands.command import CLEAN, UNUSABLE, Command
from lstmlint.commands.jobs import jobs_of, plugin_problems, reports_on
from lstmlint.commands.output_file import write_output
from lstmlint.commands.passing import passing
from lstmlint.ir.words import counted

EXAMPLES = """\
examples:
  lstmlint baseline models/                                     write lstmlint-baseline.json
  lstmlint check --baseline lstmlint-baseline.json models/      report what is new
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    add_selection(parser)
    parser.add_argument(
        "--output", "-o", metavar="FILE", default="lstmlint-baseline.json", help="default: lstmlint-baseline.json"
    )


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:

    from lstmlint.linting.baseline import text_of

    jobs, passed = jobs_of(options), passing(options, stderr)
    reports = list(reports_on(options, jobs, stderr))
    for job, report in zip(jobs, reports, strict=True):
        passed.meet(job.target, report.error if report.status == "skipped" else "")
    unread = [report for report in reports if report.status == "error"]
    stderr.writelines(f"{report.path}: error: {report.error}\n" for report in unread)
    write_output(options.output, options.output, text_of(reports, os.path.dirname(options.output)))
    number = sum(len(report.diagnostics) for report in reports)
    stdout.write(f"{options.output}: {counted(number, 'finding')} of today known from now on\n")
    read = sum(report.status == "ok" for report in reports)
    return UNUSABLE if passed.fails() or unread or plugin_problems(read, stderr) else CLEAN


BASELINE = Command("baseline", "write the findings of today, to report only new ones", _add_arguments, _run, EXAMPLES)
