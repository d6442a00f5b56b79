"""`lstmlint breaking`: fail on changes that break callers, saved weights, names, results or budgets."""

from __future__ import annotations

import argparse
from typing import TextIO

from lstmlint.commands.arguments import add_settings
from lstmlint.commands.command import CLEAN, FINDINGS, UNUSABLE, Command, UsageError
from lstmlint.ir.spelling import tip
from lstmlint.review.categories import Category

CATEGORIES = tuple(map(str, Category))

EXAMPLES = """\
examples:
  lstmlint breaking --against origin/main                        every model that differs from a revision
  lstmlint breaking --against v1.0 models/lstm.h5                one file
  lstmlint breaking --against HEAD --category WEIGHTS,NAMES      only whether old weights still load

categories:
  FILE       a model is gone
  INPUT      an input takes another shape or dtype, is new or gone
  OUTPUT     an output has another shape or dtype, is new or gone
  WEIGHTS    saved weights do not fit any more, or fill other layers
  NAMES      a layer's name is gone or has changed
  SEMANTICS  the model computes other results with the same weights (activation, return_sequences, stateful, masks,
             order, connections ...); changes that only matter for training do not count
  BUDGET     the model exceeds a budget of the settings that it met before

exit status:
  0  nothing breaks
  1  something breaks
  2  wrong usage, or a file that could not be read
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files and folders (default: the whole repository)")
    parser.add_argument("--against", metavar="REVISION", required=True, help="the revision to compare with")
    parser.add_argument(
        "--category", metavar="NAMES", type=_categories, action="append",
        help=f"only these categories, with commas between them: {', '.join(CATEGORIES)}",
    )  # fmt: skip
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_settings(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.output.text.breaking import FORMATS
    from lstmlint.review.changed_models import changed_models, why_not
    from lstmlint.review.git import GitError
    from lstmlint.settings.finder import Finder

    names = {name for some in options.category or (CATEGORIES,) for name in some}
    categories = [Category(name) for name in CATEGORIES if name in names]
    finder = Finder(options.config or "", options.isolated)
    try:
        wrong = {path: why for path in options.paths if (why := why_not(path, options.against))}
        files = list(changed_models(options.against, options.paths, categories, finder.settings))
    except GitError as error:
        raise UsageError(str(error)) from None
    stderr.writelines(f"{_fit(f'lstmlint: error: {path}: {why}')}\n" for path, why in wrong.items())
    stderr.writelines(f"{_fit(one.error)}\n" for one in files if one.error)
    stdout.write(FORMATS[options.format](files, options.against))
    if wrong or any(one.error for one in files):
        return UNUSABLE
    return FINDINGS if any(one.breaks for one in files) else CLEAN


def _fit(text: str) -> str:
    from lstmlint.running.terminal import fit

    return fit(text)


def _categories(text: str) -> list[str]:
    names = [name.strip().upper() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in CATEGORIES:
            raise UsageError(f"--category: there is no category {name!r}; {tip(name, CATEGORIES)}")
    return names


BREAKING = Command("breaking", "fail on changes of models that break something", _add_arguments, _run, EXAMPLES)
