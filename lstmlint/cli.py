"""The command line: arguments, one call, exit status. 0: clean; 1: findings; 2: wrong usage or unreadable input."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from lstmlint.commands.command import UNUSABLE, UsageError
from lstmlint.commands.parser import parser


def run() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = main(sys.argv[1:], sys.stdout, sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = UNUSABLE
    except KeyboardInterrupt:
        status = 130
    raise SystemExit(status)


def main(arguments: Sequence[str], stdout: TextIO, stderr: TextIO) -> int:
    """Run one command and return its exit status."""
    try:
        options = parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else UNUSABLE
    from lstmlint.commands import commands
    from lstmlint.linting.baseline import BaselineError
    from lstmlint.running.terminal import fit
    from lstmlint.settings.finder import SettingsError

    try:
        return commands()[options.command].run(options, stdout, stderr)
    except (SettingsError, BaselineError, UsageError) as error:
        stderr.write(fit(f"lstmlint: error: {error}") + "\n")
        return UNUSABLE
