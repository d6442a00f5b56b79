"""The command line: arguments, one call, exit status. 0: clean; 1: findings; 2: wrong usage or unreadable input.

An unexpected error ends here, as one line and status 2: status 1 means findings and nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn, TextIO

from lstmlint.commands import command_of, commands
from lstmlint.commands.command import UNUSABLE, UsageError
from lstmlint.commands.parser import parsed
from lstmlint.ir.addresses import SECRET_IN_ADDRESS, has_secrets, without_secrets
from lstmlint.running.standard_output import write_for_people, write_for_programs

INTERRUPTED = 130
TERMINATED = 143

#: Formats for people; all others, and the commands whose output is read by a program, are written in UTF-8.
FORMATS_FOR_PEOPLE = frozenset({"text", "concise"})
COMMANDS_FOR_PROGRAMS = frozenset({"report", "schema", "textconv"})

#: How many objects of each generation are made before the garbage collector looks at them: hardly anything that a
#: command makes lies in cycles, and to look through all modules and models again and again takes a fifth of the time.
#: The modules that read HDF5 make 65,000.
COLLECTED_FROM = (200_000, 50, 1_000)


def run() -> None:
    """Run the command line of this process and exit."""
    gc.set_threshold(*COLLECTED_FROM)
    # Products of small kernels gain nothing from threads, which several processes would start for every processor each.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        write_for_people(stream)
    stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # closed by whoever started us
    if sys.stdout is None:
        stderr.write("lstmlint: error: standard output is closed; leave it open, or name a file with -o\n")
        raise SystemExit(UNUSABLE)
    # Python would die of the signal at once, and leave what it was about to write.
    signal.signal(signal.SIGTERM, _end)
    try:
        status = main(sys.argv[1:], sys.stdout, stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        status = UNUSABLE
        _write_nothing_more()
    except OSError as error:
        status = UNUSABLE
        _write_nothing_more()
        with contextlib.suppress(OSError):  # it may be standard error that takes nothing
            stderr.write(f"lstmlint: error: {_unwritten(error)}\n")
    except KeyboardInterrupt:
        status = INTERRUPTED
    gc.freeze()  # what is left ends with the process; to look for cycles in it first takes long
    raise SystemExit(status)


def main(arguments: Sequence[str], stdout: TextIO, stderr: TextIO) -> int:
    """Run one command and return its exit status.

    Raises:
        OSError: the output cannot be written.
    """
    from lstmlint.running.terminal import fit

    if secret := next(filter(has_secrets, arguments), ""):
        stderr.write(fit(f"lstmlint: error: {without_secrets(secret)}: {SECRET_IN_ADDRESS}") + "\n")
        return UNUSABLE
    try:
        options = parsed(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else UNUSABLE
    except UsageError as error:
        stderr.write(fit(f"lstmlint: error: {error}") + "\n")
        return UNUSABLE
    if _is_for_programs(options):
        write_for_programs(stdout)
    from lstmlint.linting.baseline import BaselineError
    from lstmlint.running.failures import defect
    from lstmlint.settings.finder import SettingsError

    try:
        command = command_of(options.command) or commands()[options.command]
        return command.run(options, stdout, stderr)
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


def _is_for_programs(options: argparse.Namespace) -> bool:
    """Whether a program reads the output of a command."""
    is_picture = options.command in COMMANDS_FOR_PROGRAMS or getattr(options, "svg", False)
    return is_picture or getattr(options, "format", "text") not in FORMATS_FOR_PEOPLE


def _end(*_: object) -> NoReturn:
    """End on a signal as on an error, so that temporary files are removed."""
    raise SystemExit(TERMINATED)


def _unwritten(error: OSError) -> str:
    return f"{error.filename or 'standard output'}: cannot be written: {error.strerror or error}"


def _write_nothing_more() -> None:
    """Discard the rest of the buffer of standard output, or Python would complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
