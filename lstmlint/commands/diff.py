"""`lstmlint diff`: the differences between two saved models."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_settings, add_values, whole_from
from lstmlint.commands.command import CLEAN, FINDINGS, UNUSABLE, Command, UsageError
from lstmlint.commands.jobs import overrides

EXAMPLES = """\
examples:
  lstmlint diff old.h5 new.keras                     two files
  lstmlint diff model.h5                             the committed version (HEAD) and the file
  lstmlint diff v1.0:model.h5 HEAD:model.h5          two revisions of the git repository
  lstmlint diff v1.0:model.h5                        a revision and the file
  lstmlint diff HEAD:model.h5 :model.h5              the changes that are staged for the next commit
  lstmlint diff --values old.keras new.keras         which layers hold the same weights, or began as the same
  lstmlint diff --format markdown --max-length 65536 old.h5 new.h5

exit status, as that of diff:
  0  no difference in layers, shapes, compile settings, findings and the Kerases that load the files
  1  differences; values of weights count with --values alone, and the size of a file alone is no difference
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
        "--max-length", type=whole_from(200), default=0, metavar="N",
        help="cut markdown to so many characters (a comment on GitHub has 65536; default: no limit)",
    )  # fmt: skip
    add_values(parser, "compare the stored values of two files, too: equal bytes, and the cosine of recurrent kernels")
    add_settings(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.ir.dataclass import replace
    from lstmlint.ir.document import UnreadableError
    from lstmlint.output.changes import formats
    from lstmlint.pipeline import kinship
    from lstmlint.review.compare import compare
    from lstmlint.review.sources import SourceError, pair_of, read
    from lstmlint.running.terminal import fit
    from lstmlint.settings.finder import Finder

    finder = Finder(options.config or "", options.isolated, overrides(options))
    try:
        before, after = pair_of(options.old, options.new)
        if options.values and (before.revised or after.revised):
            raise UsageError("--values reads two files; write the revision into a file: git show REVISION:PATH > FILE")
        old, new = read(before, finder.settings), read(after, finder.settings)
        difference = compare(old, new)
        if options.values:
            difference = replace(difference, lineage=kinship(old.model, new.model))
    except (SourceError, UnreadableError) as error:
        stderr.write(fit(str(error)) + "\n")
        return UNUSABLE
    stdout.write(formats()[options.format].render(difference, options.max_length))
    return CLEAN if difference.is_empty else FINDINGS


DIFF = Command("diff", "show what changed between two saved models", _add_arguments, _run, EXAMPLES)
