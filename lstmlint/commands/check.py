"""`lstmlint check`: report faults of saved models."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from lstmlint.commands.arguments import SEVERITY_NAMES, add_paths, add_selection
from lstmlint.commands.command import CLEAN, EXIT_STATUS, FINDINGS, UNUSABLE, Command, UsageError
from lstmlint.commands.jobs import jobs_of, overrides, plugin_problems, reports_on
from lstmlint.commands.output_file import write_output
from lstmlint.commands.outputs import Output, outputs_of
from lstmlint.commands.passing import Passing, met, passing
from lstmlint.output.formats import formats, reporter_of

if TYPE_CHECKING:
    from lstmlint.linting.report import FileReport, Run, Tally
    from lstmlint.output.formats.reporter import Pieces, Style
    from lstmlint.pipeline import Job

#: The formats of `--statistics`.
STATISTICS = ("text", "json", "csv")

#: Settings that narrow the findings, so that a missing finding need not be gone.
NARROWING = ("select", "ignore", "min-severity", "profile")


EXAMPLES = """\
examples:
  lstmlint check models/                     every saved model in a folder
  lstmlint check model.h5 'zoo/**/*.keras'   files and globs
  cat model.json | lstmlint check -          standard input
  lstmlint check --fail-on error model.h5    warnings do not fail
  lstmlint check --format json models/       for programs; see 'lstmlint schema check'
  lstmlint check --output sarif=out.sarif --output markdown=review.md models/
                                             several reports at once
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    parser.add_argument("--format", choices=tuple(formats()), default="text", help="how to report (default: text)")
    parser.add_argument(
        "--output", metavar="FORMAT=FILE", action="append", default=[],
        help="write a report of this format into a file, too; may be repeated",
    )  # fmt: skip
    add_selection(parser)
    parser.add_argument(
        "--fail-on", choices=(*SEVERITY_NAMES, "never"),
        help="exit with 1 on findings of this severity or a graver one (default: warning)",
    )  # fmt: skip
    parser.add_argument("--baseline", metavar="FILE", help="report only findings that are not in this baseline")
    parser.add_argument("--quiet", "-q", action="store_true", help="print nothing where there is nothing to report")
    parser.add_argument("--statistics", action="store_true", help="print how often each rule fires, not the findings")
    parser.add_argument(
        "--explain", action="store_true", help="name below each finding the command for its rule's page"
    )
    parser.add_argument(
        "--show-settings", action="store_true", help="print the settings of files as TOML, check nothing"
    )
    parser.add_argument("--show-files", action="store_true", help="print the files that would be read, check nothing")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.commands.printer import Printer
    from lstmlint.linting.report import Run, Tally
    from lstmlint.output.formats.reporter import Style

    jobs, passed = jobs_of(options), passing(options, stderr)
    if options.show_files:
        stdout.writelines(f"{job.path}\n" for job in jobs if not job.target.error)
        return UNUSABLE if met(passed, jobs) or any(job.target.error for job in jobs) else CLEAN
    if options.show_settings:
        return _show_settings(jobs, stdout)
    if options.statistics and options.format not in STATISTICS:
        raise UsageError(f"--statistics is told as {', '.join(STATISTICS)}, not as {options.format}")
    outputs = outputs_of(options.output, (job.path for job in jobs))
    is_coloured = stdout.isatty() and not os.environ.get("NO_COLOR")
    is_quiet = options.quiet and not options.statistics
    printer = Printer(stdout, Style(is_coloured=is_coloured, points_to_pages=options.explain), is_quiet)
    tally = Tally()
    reports = _tallied(options, jobs, _passed(jobs, reports_on(options, jobs, stderr), passed), tally)
    pieces = None if outputs or options.statistics else reporter_of(options.format).pieces
    run = Run(() if pieces else tuple(reports), tally)
    if pieces:
        printer.print_files(reports, pieces, tally)
    problems = plugin_problems(tally.read, stderr)
    for output in outputs:
        problems |= not _is_written(output, run, stderr)
    printer.print_end(_end(options, run, pieces, printer.style), tally)
    if passed.fails() or problems or tally.errors:
        return UNUSABLE
    return FINDINGS if tally.fails else CLEAN


def _passed(jobs: list[Job], reports: Iterable[FileReport], passed: Passing) -> Iterator[FileReport]:
    """The reports, after what is skipped was told."""
    from lstmlint.linting.report import Status

    for job, report in zip(jobs, reports, strict=True):
        passed.meet(job.target, report.error if report.status is Status.SKIPPED else "")
        yield report


def _end(options: argparse.Namespace, run: Run, pieces: Pieces | None, style: Style) -> str:
    """The text behind the last file; the whole text where no file was printed alone."""
    if options.statistics:
        from lstmlint.output.text.statistics import FORMATS

        return FORMATS[options.format](run)
    return pieces.of_end(run.tally, style) if pieces else reporter_of(options.format).render(run, style)


def _is_written(output: Output, run: Run, stderr: TextIO) -> bool:
    """Write a report into its file, or say why that fails; the other reports are still written."""
    from lstmlint.output.formats.reporter import Style
    from lstmlint.running.terminal import fit

    try:
        write_output(str(output), output.path, reporter_of(output.format).render(run, Style()))
    except UsageError as error:
        stderr.write(fit(f"lstmlint: error: {error}") + "\n")
        return False
    return True


def _tallied(
    options: argparse.Namespace, jobs: list[Job], reports: Iterable[FileReport], tally: Tally
) -> Iterator[FileReport]:
    """The reports without known findings, counted; the baseline of each is that of its settings, or the named one.

    Where the command line narrows the rules, a missing finding is neither gone nor a sign of an unused ignore.
    """
    from lstmlint.linting.baseline import all_gone, comparisons

    baselines = [options.baseline or job.settings.baseline for job in jobs]
    compared = comparisons(baselines)
    for baseline, report in zip(baselines, reports, strict=True):
        for comparison in compared.values():
            comparison.meet(report)
        shown, known = compared[baseline].parted(report) if baseline else (report, 0)
        tally.add(shown)
        tally.known += known
        yield shown
    if not any(name in NARROWING for name in overrides(options)):
        tally.gone, tally.unused_ignores = all_gone(compared.values()), tally.without_use()


def _show_settings(jobs: list[Job], stdout: TextIO) -> int:
    """Print the settings of the files as TOML, equal ones once, below the names of the files."""
    from lstmlint.running.terminal import fit
    from lstmlint.settings.toml_text import toml_text

    by_settings: dict[tuple[str, str], list[str]] = {}
    for job in jobs:
        by_settings.setdefault((job.settings.source, toml_text(job.settings)), []).append(job.path)
    blocks = (
        f"# {fit(', '.join(paths))}\n# from {fit(source) or 'no file with settings'}\n{text}"
        for (source, text), paths in by_settings.items()
    )
    stdout.write("\n".join(blocks))
    return CLEAN


CHECK = Command("check", "report what is wrong with saved models", _add_arguments, _run, EXAMPLES + "\n" + EXIT_STATUS)
