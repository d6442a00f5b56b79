"""What a command declares, and how its runs end."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO, TypeAlias

CLEAN, FINDINGS, UNUSABLE = 0, 1, 2

EXIT_STATUS = """\
exit status:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage, or a path that could not be read
"""

AddArguments: TypeAlias = Callable[[argparse.ArgumentParser], None]
Run: TypeAlias = Callable[[argparse.Namespace, TextIO, TextIO], int]


class UsageError(Exception):
    """Arguments that cannot be used together; the message is the line to print."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what it does in a few words, its arguments, and the call that writes what comes out.

    `run` takes the parsed arguments, the output and the stream for errors and progress, and returns the exit status.
    Heavy modules are imported where it uses them, so that `--help` and a check of JSON files stay quick. `epilog` are
    the examples below its help.
    """

    name: str
    what: str
    add_arguments: AddArguments
    run: Run
    epilog: str = ""
