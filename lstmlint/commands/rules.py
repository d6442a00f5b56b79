"""`lstmlint rules`: the list of the rules."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.command import CLEAN, Command


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    parser.add_argument("--advisories", action="store_true", help="list the advisories that the rules find instead")


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    if options.advisories:
        from lstmlint.output.text.advisories import FORMATS as OF_ADVISORIES

        stdout.write(OF_ADVISORIES[options.format]())
        return CLEAN
    from lstmlint.api import rules
    from lstmlint.linting.catalogue import FORMATS

    stdout.write(FORMATS[options.format](rules()))
    return CLEAN


RULES = Command("rules", "list the rules", _add_arguments, _run)
