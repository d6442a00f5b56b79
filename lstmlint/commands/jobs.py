"""From arguments to files with their settings, and to the reports on them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from lstmlint.commands.command import UsageError
from lstmlint.ir.addresses import is_address

if TYPE_CHECKING:
    from lstmlint.linting.report import FileReport
    from lstmlint.pipeline import Job

Item = TypeVar("Item")
Result = TypeVar("Result")

#: The work that is worth a process more, and the work on any file, as the bytes of JSON that take as long: a megabyte
#: takes a third of a second. The most for a file is that of tensors, which are not read.
WORTH_A_PROCESS = 256 * 1024
FOR_ANY_FILE = 4 * 1024
MOST_FOR_A_FILE = 512 * 1024


def reports_on(options: argparse.Namespace, jobs: list[Job], stderr: TextIO) -> Iterator[FileReport]:
    """The reports on the files, in their order, each as soon as it is made."""
    from lstmlint.pipeline import check, lost
    from lstmlint.running.progress import shown

    return shown(worked(check, jobs, jobs, options, lost), len(jobs), stderr)


def worked(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    jobs: Sequence[Job],
    options: argparse.Namespace,
    lost: Callable[[Item], Result],
) -> Iterator[Result]:
    """The results of work on items, one for each file, in as many processes as are worth their start."""
    from functools import partial

    from lstmlint.pipeline import prepare
    from lstmlint.running.parallel import ordered

    paths = [job.path for job in jobs]
    return ordered(work, items, processes_for(options, paths), lost, partial(prepare, paths))


def jobs_of(options: argparse.Namespace) -> list[Job]:
    """The files of a command with their settings.

    Raises:
        SettingsError: the settings of a file cannot be used.
        UsageError: one weights file is named for several files.
    """
    from lstmlint.pipeline import Job
    from lstmlint.readers.files import NO_MATCH, targets
    from lstmlint.settings.finder import Finder

    finder = Finder(options.config or "", options.isolated, overrides(options))
    files = (target for target in targets(options.paths) if target.error != NO_MATCH)  # `Passing` tells these
    jobs = [Job(target, options.weights, finder.settings(target.path)) for target in files]
    if options.weights and len(jobs) != 1:
        raise UsageError("--weights belongs to one architecture file; name exactly one")
    return jobs


def processes_for(options: argparse.Namespace, paths: Sequence[str]) -> int:
    """The number of processes that read the files: no more than are wanted, and than have enough to do."""
    from lstmlint.ir.document import STANDARD_INPUT

    if STANDARD_INPUT in paths:
        return 1
    return max(1, min(int(options.jobs), len(paths), sum(map(_effort, paths)) // WORTH_A_PROCESS))


def _effort(path: str) -> int:
    """The work on a file, as the bytes of JSON that take as long; for one at an address, that of waiting for it."""
    if is_address(path):
        return MOST_FOR_A_FILE
    try:
        return FOR_ANY_FILE + min(os.path.getsize(path), MOST_FOR_A_FILE)
    except OSError:
        return 0


def overrides(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives, by their names in a file with settings."""
    names = ("profile", "persona", "select", "extend-select", "ignore", "min-severity", "fail-on", "target", "values")
    given = {name: getattr(options, name.replace("-", "_"), None) for name in names}
    return {name: value for name, value in given.items() if value is not None}


def plugin_problems(read: int, stderr: TextIO) -> bool:
    """Print which plug-ins cannot be used, if any model was read; whether there are any."""
    if not read:
        return False
    from lstmlint.inference.layers import plugin_layer_types
    from lstmlint.linting.rule import rule_table

    problems = (*rule_table().problems, *plugin_layer_types().problems)
    stderr.writelines(f"lstmlint: error: {problem}\n" for problem in problems)
    return bool(problems)
