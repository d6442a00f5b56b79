"""`lstmlint report`: models and findings as one HTML page."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_paths, add_selection
from lstmlint.commands.command import CLEAN, UNUSABLE, Command
from lstmlint.commands.jobs import jobs_of, plugin_problems, worked
from lstmlint.commands.output_file import STANDARD_OUTPUT, check_output, put
from lstmlint.commands.passing import passing

EXAMPLES = """\
examples:
  lstmlint report model.h5 -o report.html    one page: graph, findings, parameters, recurrent layers
  lstmlint report zoo/ -o zoo.html           every saved model in a folder, on one page

The page needs no network, no script and no other file. It shows every finding, also those that a baseline knows.

exit status:
  0  the page is written, with or without findings
  2  wrong usage, or a path that could not be read; the page says which
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    parser.add_argument("--output", "-o", metavar="OUT", help="the page to write (default: standard output)")
    add_selection(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.commands.work.drawing import draw, lost
    from lstmlint.linting.report import Status
    from lstmlint.output.figures.page import page
    from lstmlint.running.progress import shown
    from lstmlint.running.terminal import fit

    jobs, passed = jobs_of(options), passing(options, stderr)
    read = [job.path for job in jobs]
    if options.output and options.output != STANDARD_OUTPUT:
        check_output(f"-o {options.output}", options.output, read)
    drawn = worked(draw, list(enumerate(jobs)), jobs, options, lost)
    sections = list(shown(drawn, len(jobs), stderr))
    for job, one in zip(jobs, sections, strict=True):
        passed.meet(job.target, one.report.error if one.report.status is Status.SKIPPED else "")
    problems = plugin_problems(sum(one.report.status is Status.OK for one in sections), stderr)
    put(page(sections), options.output, read, stdout)
    failed = [one.report for one in sections if one.report.status is Status.ERROR]
    stderr.writelines(fit(f"{report.path}: error: {report.error}") + "\n" for report in failed)
    return UNUSABLE if passed.fails() or problems or failed else CLEAN


REPORT = Command("report", "draw models and findings as one page", _add_arguments, _run, EXAMPLES)
