"""Paths that a command passes over: nothing that was named is left out in silence, as a misspelt path would be."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from lstmlint.ir.addresses import is_address, without_secrets
from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.words import counted
from lstmlint.running.terminal import fit

if TYPE_CHECKING:
    from lstmlint.pipeline import Job
    from lstmlint.readers.files import InputFile

ALLOW_SKIPPED, ALLOW_EMPTY = "--allow-skipped", "--allow-empty"


def add_allowances(parser: argparse.ArgumentParser) -> None:
    """Add the options that allow paths without a model."""
    parser.add_argument(
        ALLOW_SKIPPED, action="store_true", help="files that are named and are no models do not fail the run"
    )
    parser.add_argument(
        ALLOW_EMPTY, action="store_true", help="folders and globs in which no model is found do not fail the run"
    )


@dataclass(slots=True)
class Passing:
    """The files of a run as they pass, each with the reason why it was skipped, empty where it was not.

    Files that are named and skipped are told on `stderr` as they pass, those of folders and globs are only counted.
    `answered` are the files that were named, and the folders and globs in which a model was met.
    """

    paths: Sequence[str]
    stderr: TextIO
    allows_skipped: bool = False
    allows_empty: bool = False
    skipped: int = 0
    is_skipped_named: bool = False
    answered: set[str] = field(default_factory=set)

    def meet(self, file: InputFile, skipped: str = "") -> None:
        """Count a file, and tell that it is skipped if it was named."""
        if not file.found_in:
            self.answered.add(file.path)
        if not skipped:
            self.answered.update(file.found_in)
            return
        self.skipped += 1
        if not file.found_in and not self.allows_skipped:
            self.is_skipped_named = True
            self.stderr.write(fit(f"{file.path}: skipped: {skipped}; {ALLOW_SKIPPED} accepts that") + "\n")

    def tell_skipped(self) -> None:
        """Tell the number of skipped files, for commands whose output does not count them."""
        if self.skipped:
            self.stderr.write(f"{counted(self.skipped, 'file')} skipped, not Keras models\n")

    def fails(self) -> bool:
        """Whether the run fails for what was passed over; folders and globs without a model are told."""
        empty = [] if self.allows_empty else [path for path in self.searched() if path not in self.answered]
        for path in empty:
            what = "holds" if os.path.isdir(path) else "matches"
            self.stderr.write(
                fit(f"{without_secrets(path)}: error: {what} no model; {ALLOW_EMPTY} accepts that") + "\n"
            )
        return self.is_skipped_named or bool(empty)

    def searched(self) -> Iterable[str]:
        """The folders and globs among the paths, and addresses, which may be those of folders."""
        from lstmlint.readers.files import is_searched

        return (path for path in dict.fromkeys(self.paths) if is_searched(path) or is_address(path))


def passing(options: argparse.Namespace, stderr: TextIO) -> Passing:
    """Nothing met yet of the paths of a command."""
    return Passing(options.paths, stderr, options.allow_skipped, options.allow_empty)


def met(passed: Passing, jobs: Iterable[Job]) -> bool:
    """Whether a run that reads nothing fails for its paths alone."""
    for job in jobs:
        passed.meet(job.target)
    return passed.fails()
