"""`lstmlint breaking`: fail on changes that break what others rely on."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, TextIO

from lstmlint.commands.arguments import add_settings
from lstmlint.commands.command import CLEAN, FINDINGS, UNUSABLE, Command, UsageError
from lstmlint.settings.finder import Finder

if TYPE_CHECKING:
    from lstmlint.output.text.breaking import FileBreaks
    from lstmlint.review.breaking import Category
    from lstmlint.review.compare import Read
    from lstmlint.review.git import Changed

CATEGORIES = ("FILE", "INPUT", "OUTPUT", "WEIGHTS", "NAMES", "SEMANTICS", "BUDGET")

EXAMPLES = """\
examples:
  lstmlint breaking --against origin/main                        every model that differs from a revision
  lstmlint breaking --against v1.0 models/lstm.h5                one file
  lstmlint breaking --against HEAD --category WEIGHTS,NAMES      only whether old weights still load

categories:
  FILE       a model is gone
  INPUT      an input takes another shape or dtype, is new or gone
  OUTPUT     an output has another shape or dtype, is new or gone
  WEIGHTS    weights saved before do not fit any more, or fill other layers
  NAMES      a layer's name is gone or is another one
  SEMANTICS  with the same weights something else is computed (activation, return_sequences, stateful, masks,
             order, connections ...); what matters only for training does not count
  BUDGET     a budget of the settings is exceeded that was met

exit status:
  0  nothing breaks
  1  something does
  2  wrong usage, or a file that could not be read
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files and folders (default: the whole repository)")
    parser.add_argument("--against", metavar="REVISION", required=True, help="what to compare the working tree with")
    parser.add_argument(
        "--category", metavar="NAMES", type=_categories, action="append",
        help=f"only these, with commas between them: {', '.join(CATEGORIES)}",
    )  # fmt: skip
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_settings(parser)


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.output.text.breaking import FORMATS
    from lstmlint.review import git
    from lstmlint.review.breaking import Category

    names = {name for some in options.category or (CATEGORIES,) for name in some}
    finder = Finder(options.config or "", options.isolated)
    try:
        root = git.root()
        changed = git.changed_since(options.against)
    except git.GitError as error:
        raise UsageError(str(error)) from None
    wrong = {path: why for path in options.paths if (why := _why_not(path, root, options.against))}
    stderr.writelines(f"{_fit(f'lstmlint: error: {path}: {why}')}\n" for path, why in wrong.items())
    wanted = [one for one in changed if _is_asked(one, options.paths, root)]
    categories = [Category(name) for name in CATEGORIES if name in names]
    judged = (_judged(one, root, options.against, categories, finder) for one in wanted)
    files = [one for one in judged if one is not None]
    stderr.writelines(f"{_fit(one.error)}\n" for one in files if one.error)
    stdout.write(FORMATS[options.format](files, options.against))
    if wrong or any(one.error for one in files):
        return UNUSABLE
    return FINDINGS if any(one.breaks for one in files) else CLEAN


def _judged(one: Changed, root: str, against: str, categories: list[Category], finder: Finder) -> FileBreaks | None:
    """What breaks in a changed file; `None` where it is no model."""
    from lstmlint.ir.document import NotAModelError
    from lstmlint.output.text.breaking import Change, FileBreaks
    from lstmlint.review import git
    from lstmlint.review.sources import Place, try_read

    path = _shown(one.new or one.old, root)
    after = try_read(Place(path, path), finder.settings) if one.new else None
    if isinstance(after, NotAModelError) or (isinstance(after, Exception) and not _is_model_name(path)):
        return None
    if isinstance(after, Exception):
        return FileBreaks(path, Change.UNREADABLE, error=f"{path}: error: {after}")
    if not one.old:
        return FileBreaks(path, Change.NEW)
    place = Place(f"{against}:{one.old}", path, git.Revised(against, one.old), root)
    before = try_read(place, finder.settings) if _is_model_name(one.old) or after else NotAModelError()
    if isinstance(before, Exception):
        return None if after is None else FileBreaks(path, Change.UNREADABLE, error=f"{place.name}: error: {before}")
    return _compared(one, path, before, after, categories)


def _compared(one: Changed, path: str, before: Read, after: Read | None, categories: list[Category]) -> FileBreaks:
    """What breaks between the two versions of a model; the newer one is `None` where it is deleted."""
    from lstmlint.output.text.breaking import Change, FileBreaks
    from lstmlint.review.breaking import DELETED, Category, breaks, unjudged

    if after is None:
        return FileBreaks(path, Change.DELETED, (DELETED,) if Category.FILE in categories else ())
    renamed = one.old if one.old != one.new else ""
    found = breaks(before, after, categories)
    return FileBreaks(path, Change.CHANGED, found, renamed, unjudged=unjudged(before, after))


def _is_model_name(path: str) -> bool:
    """Whether the name of a file promises a model."""
    from lstmlint.readers import MODEL_SUFFIXES

    return os.path.splitext(path)[1].lower() in MODEL_SUFFIXES


def _shown(path: str, root: str) -> str:
    """A path of the repository as one writes it from here."""
    return os.path.relpath(os.path.join(root, path))


def _is_asked(one: Changed, paths: list[str], root: str) -> bool:
    """Whether a changed path is one of some, or lies in one of them."""
    places = [os.path.realpath(path) for path in paths]
    found = [os.path.realpath(os.path.join(root, path)) for path in (one.old, one.new) if path]
    return not places or any(path == place or path.startswith(place + os.sep) for path in found for place in places)


def _why_not(path: str, root: str, against: str) -> str:
    """Why nothing can be said of a path: a file of no revision would pass as unchanged. Empty where it can."""
    from lstmlint.review import git

    place, top = os.path.realpath(path), os.path.realpath(root)
    if place != top and not place.startswith(os.path.join(top, "")):
        return "lies outside of the repository; compare two files with 'lstmlint diff'"
    inside = os.path.relpath(place, top).replace(os.sep, "/")
    if os.path.exists(path) or git.exists(git.Revised(against, inside), root):
        return ""
    return f"exists neither here nor in {against}"


def _fit(text: str) -> str:
    from lstmlint.running.terminal import fit

    return fit(text)


def _categories(text: str) -> list[str]:
    names = [name.strip().upper() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in CATEGORIES:
            raise argparse.ArgumentTypeError(f"there is no category {name!r}; known are {', '.join(CATEGORIES)}")
    return names


BREAKING = Command("breaking", "fail on changes of models that break something", _add_arguments, _run, EXAMPLES)
