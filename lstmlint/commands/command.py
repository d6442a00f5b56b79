"""The type of a command, and the exit statuses."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TextIO, TypeAlias

from lstmlint.ir.dataclass import dataclass

CLEAN, FINDINGS, UNUSABLE = 0, 1, 2

EXIT_STATUS = """\
exit status:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage, or a path that could not be read or holds no model
"""

AddArguments: TypeAlias = Callable[[argparse.ArgumentParser], None]
Run: TypeAlias = Callable[[argparse.Namespace, TextIO, TextIO], int]


class UsageError(Exception):
    """Arguments that cannot be used; the message is the line to print."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its purpose in a few words, its arguments, and the function that runs it and writes the result.

    `run` takes the parsed arguments, the output and the stream for errors and progress, and returns the exit status.
    It imports heavy modules where it uses them, so that `--help` and a check of JSON files stay quick. `epilog` holds
    the examples below the help.
    """

    name: str
    what: str
    add_arguments: AddArguments
    run: Run
    epilog: str = ""
