"""`lstmlint fleet`: what the keeper of a zoo wants to see first, from the store of its audits."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import SEVERITY_NAMES, add_settings
from lstmlint.commands.command import CLEAN, Command, UsageError
from lstmlint.commands.jobs import overrides
from lstmlint.commands.output_file import STANDARD_OUTPUT, check_output, put

EXAMPLES = """\
examples:
  lstmlint audit zoo/ --store zoo.db                    read a zoo
  lstmlint fleet zoo.db                                 what is there, what loads where, what to do first
  lstmlint fleet zoo.db --format html -o fleet.html     one page that lists and filters all files as well
  lstmlint fleet zoo.db --format json                   all of it for programs; see 'lstmlint schema fleet'

Nothing but the store is read. Ignores, severities and baselines of the settings apply to what it holds.

exit status:
  0  the store was asked; findings do not count
  2  wrong usage, or a store that cannot be used
"""

NAMES = ("text", "markdown", "json", "html")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", metavar="STORE", help="the SQLite database of 'lstmlint audit --store'")
    parser.add_argument("--format", choices=NAMES, default="text", help="default: text")
    parser.add_argument("--output", "-o", metavar="OUT", help="the file to write (default: standard output)")
    parser.add_argument("--min-severity", choices=SEVERITY_NAMES, help="the lowest severity to count (default: note)")
    add_settings(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.api import fleet_of
    from lstmlint.output.fleet.formats import FORMATS
    from lstmlint.settings.finder import Finder
    from lstmlint.zoo.store import StoreError

    if options.output and options.output != STANDARD_OUTPUT:
        check_output(f"-o {options.output}", options.output, [options.store])
    finder = Finder(options.config or "", options.isolated, overrides(options))
    try:
        fleet = fleet_of(options.store, finder.settings)
    except StoreError as error:
        raise UsageError(str(error)) from None
    put(FORMATS[options.format](fleet), options.output, [options.store], stdout)
    return CLEAN


FLEET = Command("fleet", "say what is in a zoo, what loads where, and what to do first", _add_arguments, _run, EXAMPLES)
