"""The run of `lstmlint loads --pin`: every file is judged before the sets of packages are chosen."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TextIO

from lstmlint.commands.command import CLEAN, FINDINGS, UNUSABLE, UsageError
from lstmlint.commands.jobs import jobs_of, worked
from lstmlint.commands.passing import passing
from lstmlint.commands.work.loading import PIN, judged, lost
from lstmlint.keras.packages import package_sets
from lstmlint.keras.versions import Target
from lstmlint.output.text.pins import text, to_json
from lstmlint.portability.pins import FileOutcomes, pins
from lstmlint.running.progress import shown
from lstmlint.running.terminal import fit


def pinned(options: argparse.Namespace, targets: tuple[Target, ...], stdout: TextIO, stderr: TextIO) -> int:
    """Tell the fewest sets that bring one of the targets and load the files; 1 if a model loads in none.

    Raises:
        SettingsError: the settings of a file cannot be used.
        UsageError: the format is not one for all files, or no set brings one of the targets.
    """
    if options.format not in ("text", "json"):
        raise UsageError(f"--pin tells all files together; --format {options.format} tells them one by one")
    sets = [packages for packages in package_sets() if not set(targets).isdisjoint(packages.targets)]
    if not sets:
        known = ", ".join(dict.fromkeys(target.name for packages in package_sets() for target in packages.targets))
        raise UsageError(f"no set of packages was tried with the targets; sets were with {known}")
    jobs, passed = jobs_of(options), passing(options, stderr)
    results = worked(partial(judged, targets=targets, format_name=PIN), jobs, jobs, options, lost)
    files, is_unread = [], False
    for job, one in zip(jobs, shown(results, len(jobs), stderr), strict=True):
        passed.meet(job.target, one.skipped)
        if one.error:
            is_unread = True
            stderr.write(fit(f"{one.path}: error: {one.error}") + "\n")
        elif not one.skipped:
            outcomes = dict(zip(targets, one.outcomes, strict=True))
            files.append(FileOutcomes(one.path, outcomes, one.needs_tensorflow))
    told = pins(files, sets)
    stdout.write(to_json(told) if options.format == "json" else text(told))
    if options.format == "text":
        passed.tell_skipped()
    if passed.fails() or is_unread:
        return UNUSABLE
    return FINDINGS if told.without else CLEAN
