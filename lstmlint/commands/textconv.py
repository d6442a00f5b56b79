"""`lstmlint textconv`: a model as text, for git."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_settings
from lstmlint.commands.command import CLEAN, Command

EXAMPLES = """\
examples:
  lstmlint textconv model.h5

to let git diff, git show and git log -p show models as tables, a line in .gitattributes for each suffix:
  *.keras diff=keras
  *.h5 diff=keras
and once in each clone:
  git config diff.keras.textconv 'lstmlint textconv'
git keeps the texts, so that each version of a file is read once, with:
  git config diff.keras.cachetextconv true

exit status: always 0, as git would stop at any other
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a file; the reason is printed where it is no model")
    add_settings(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from functools import partial

    from lstmlint.commands.work.listing import listing, lost
    from lstmlint.ir.document import STANDARD_INPUT
    from lstmlint.running.parallel import apart
    from lstmlint.settings.finder import Finder

    # git calls this at the top of the working tree, with the file there or with a copy of the committed file elsewhere:
    # the settings must be the same for both.
    settings = Finder(options.config or "", options.isolated).settings(STANDARD_INPUT)
    stdout.write(apart(partial(listing, settings=settings), options.file, lost))
    return CLEAN


TEXTCONV = Command("textconv", "print a model as text for git diff", _add_arguments, _run, EXAMPLES)
