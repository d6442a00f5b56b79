"""`lstmlint completion`: a script for a shell."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.command import CLEAN, Command, UsageError

EXAMPLES = """\
examples:
  lstmlint completion bash > ~/.local/share/bash-completion/completions/lstmlint
  lstmlint completion zsh > ~/.zfunc/_lstmlint
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"))


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    try:
        import shtab
    except ImportError:
        raise UsageError("completion needs the package shtab; install lstmlint[completion]") from None
    from lstmlint.commands.parser import parser

    stdout.write(shtab.complete(parser(), shell=options.shell) + "\n")
    return CLEAN


COMPLETION = Command("completion", "print a script that completes commands", _add_arguments, _run, EXAMPLES)
