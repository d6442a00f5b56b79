"""The command line: arguments, one call, exit status. 0: clean; 1: findings; 2: wrong usage or unreadable input.

An unexpected error ends here, as one line and status 2: status 1 means findings and nothing else.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from lstmlint.commands.command import UNUSABLE, UsageError
from lstmlint.commands.parser import parser

INTERRUPTED = 130


def run() -> None:
    """Run the command line of this process and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # closed by whoever started us
    if sys.stdout is None:
        stderr.write("lstmlint: error: standard output is closed; leave it open, or name a file with -o\n")
        raise SystemExit(UNUSABLE)
    try:
        status = main(sys.argv[1:], sys.stdout, stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        status = UNUSABLE
        _write_nothing_more()
    except OSError as error:
        status = UNUSABLE
        _write_nothing_more()
        stderr.write(f"lstmlint: error: {_unwritten(error)}\n")
    except KeyboardInterrupt:
        status = INTERRUPTED
    raise SystemExit(status)


def main(arguments: Sequence[str], stdout: TextIO, stderr: TextIO) -> int:
    """Run one command and return its exit status.

    Raises:
        OSError: the output cannot be written.
    """
    try:
        options = parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else UNUSABLE
    from lstmlint.commands import commands
    from lstmlint.linting.baseline import BaselineError
    from lstmlint.running.failures import defect
    from lstmlint.running.terminal import fit
    from lstmlint.settings.finder import SettingsError

    try:
        return commands()[options.command].run(options, stdout, stderr)
    except (SettingsError, BaselineError, UsageError) as error:
        stderr.write(fit(f"lstmlint: error: {error}") + "\n")
    except OSError:
        raise
    except Exception as error:
        if options.traceback:
            import traceback

            traceback.print_exc(file=stderr)
        hint = "" if options.traceback else "; --traceback shows where"
        stderr.write(fit(f"lstmlint: error: {_subject(options)} {defect(error)}{hint}") + "\n")
    return UNUSABLE


def _subject(options: argparse.Namespace) -> str:
    """The file that a command works on, or the command."""
    return getattr(options, "file", None) or getattr(options, "old", None) or f"the command {options.command}"


def _unwritten(error: OSError) -> str:
    return f"{error.filename or 'standard output'}: cannot be written: {error.strerror or error}"


def _write_nothing_more() -> None:
    """Discard the rest of the buffer of standard output, or Python would complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
