"""From arguments to files with their settings, and to the reports on them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from lstmlint.commands.command import UsageError

if TYPE_CHECKING:
    from lstmlint.linting.report import FileReport
    from lstmlint.pipeline import Job


def reports_on(options: argparse.Namespace, jobs: list[Job], stderr: TextIO) -> list[FileReport]:
    """The reports on the files, in their order."""
    from lstmlint.pipeline import check, lost
    from lstmlint.running.parallel import ordered
    from lstmlint.running.progress import shown

    return list(shown(ordered(check, jobs, processes_for(options, jobs), lost), len(jobs), stderr))


def jobs_of(options: argparse.Namespace) -> list[Job]:
    """The files of a command with their settings.

    Raises:
        SettingsError: the settings of a file cannot be used.
        UsageError: one weights file is named for several files.
    """
    from lstmlint.pipeline import Job
    from lstmlint.readers.files import targets
    from lstmlint.settings.finder import Finder

    finder = Finder(options.config or "", options.isolated, overrides(options))
    jobs = [Job(target, options.weights, finder.settings(target.path)) for target in targets(options.paths)]
    if options.weights and len(jobs) != 1:
        raise UsageError("--weights belongs to one architecture file; name exactly one")
    return jobs


def processes_for(options: argparse.Namespace, jobs: list[Job]) -> int:
    """The number of processes that read the files."""
    from lstmlint.ir.document import STANDARD_INPUT

    return 1 if any(job.path == STANDARD_INPUT for job in jobs) else int(options.jobs)


def overrides(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives, by their names in a file with settings."""
    names = ("profile", "persona", "select", "extend-select", "ignore", "min-severity", "fail-on", "target")
    given = {name: getattr(options, name.replace("-", "_"), None) for name in names}
    return {name: value for name, value in given.items() if value is not None}


def plugin_problems(reports: Iterable[FileReport], stderr: TextIO) -> bool:
    """Print which plug-ins cannot be used, if any model was read; whether there are any."""
    if all(report.status != "ok" for report in reports):
        return False
    from lstmlint.inference.layers import plugin_layer_types
    from lstmlint.linting.rule import rule_table

    problems = (*rule_table().problems, *plugin_layer_types().problems)
    stderr.writelines(f"lstmlint: error: {problem}\n" for problem in problems)
    return bool(problems)
