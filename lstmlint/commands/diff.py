"""`lstmlint diff`: the differences between two saved models."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_settings
from lstmlint.commands.command import CLEAN, FINDINGS, UNUSABLE, Command

EXAMPLES = """\
examples:
  lstmlint diff old.h5 new.keras                     two files
  lstmlint diff model.h5                             the committed version (HEAD) and the file
  lstmlint diff v1.0:model.h5 HEAD:model.h5          two revisions of the git repository
  lstmlint diff v1.0:model.h5                        a revision and the file
  lstmlint diff HEAD:model.h5 :model.h5              the changes that are staged for the next commit
  lstmlint diff --format markdown --max-length 65536 old.h5 new.h5

exit status, as that of diff:
  0  no difference in layers, shapes, compile settings, findings and the Kerases that load the files
  1  differences; values of weights are not compared, and the size of a file alone is no difference
  2  wrong usage, or a file that could not be read
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="a saved model, or REVISION:PATH of the git repository")
    parser.add_argument(
        "new", metavar="NEW", nargs="?", help="the same (default: OLD itself, compared with its committed version)"
    )
    parser.add_argument(
        "--format", choices=("text", "markdown", "json", "html"), default="text", help="default: text"
    )  # fmt: skip
    parser.add_argument(
        "--max-length", type=_length, default=0, metavar="N",
        help="cut markdown to so many characters (a comment on GitHub has 65536; default: no limit)",
    )  # fmt: skip
    add_settings(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.output.changes import formats
    from lstmlint.review.compare import compare
    from lstmlint.review.sources import SourceError, pair_of, read
    from lstmlint.running.terminal import fit
    from lstmlint.settings.finder import Finder

    finder = Finder(options.config or "", options.isolated)
    try:
        before, after = pair_of(options.old, options.new)
        difference = compare(read(before, finder.settings), read(after, finder.settings))
    except SourceError as error:
        stderr.write(fit(str(error)) + "\n")
        return UNUSABLE
    stdout.write(formats()[options.format].render(difference, options.max_length))
    return CLEAN if difference.is_empty else FINDINGS


def _length(text: str) -> int:
    number = int(text)
    if number < 200:
        raise argparse.ArgumentTypeError("must be 200 or more")
    return number


DIFF = Command("diff", "show what changed between two saved models", _add_arguments, _run, EXAMPLES)
