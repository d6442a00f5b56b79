"""The models of a working tree that differ from a revision, with the breaking changes of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import NotAModelError
from lstmlint.ir.paths import relative
from lstmlint.readers import model_suffixes
from lstmlint.review import git
from lstmlint.review.breaking import DELETED, Break, breaks, unjudged
from lstmlint.review.categories import Category
from lstmlint.review.compare import Read
from lstmlint.review.sources import ModelPlace, try_read
from lstmlint.settings.settings import Settings


class FileChange(StrEnum):
    """The kind of change of a file."""

    CHANGED = "changed"
    NEW = "new"
    DELETED = "deleted"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FileBreaks:
    """The breaking changes of one file. `old_path` is its path in the revision, where that was another one.

    `unjudged` are the layers with unknown weights. `error` says why a file could not be compared.
    """

    path: str
    change: FileChange
    breaks: tuple[Break, ...] = ()
    old_path: str = ""
    error: str = ""
    unjudged: tuple[str, ...] = ()


def changed_models(
    against: str, paths: Sequence[str], categories: Iterable[Category], settings_of: Callable[[str], Settings]
) -> Iterator[FileBreaks]:
    """The breaking changes of each model that differs from a revision.

    Args:
        against: the revision.
        paths: files and folders; without any, the whole repository.
        categories: the categories of changes to look for.
        settings_of: the settings of a file.

    Raises:
        GitError: there is no repository or no such revision.
    """
    root, wanted = git.root(), tuple(categories)
    for one in git.changed_since(against):
        if _is_asked(one, paths, root):
            file_breaks = _judged(one, root, against, wanted, settings_of)
            if file_breaks is not None:
                yield file_breaks


def why_not(path: str, against: str) -> str:
    """The reason why a path cannot be judged, empty where it can; a file of no revision would pass as unchanged.

    Raises:
        GitError: there is no repository.
    """
    root = git.root()
    place, top = os.path.realpath(path), os.path.realpath(root)
    if place != top and not place.startswith(os.path.join(top, "")):
        return "lies outside of the repository; compare two files with 'lstmlint diff'"
    inside = relative(place, top)
    if os.path.exists(path) or git.exists(git.Revised(against, inside), root):
        return ""
    return f"exists neither here nor in {against}"


def _judged(
    one: git.Changed, root: str, against: str, categories: Sequence[Category], settings_of: Callable[[str], Settings]
) -> FileBreaks | None:
    """The breaking changes of a changed file; `None` where it is no model."""
    path = _shown(one.new or one.old, root)
    after = try_read(ModelPlace(path, path), settings_of) if one.new else None
    if isinstance(after, NotAModelError) or (isinstance(after, Exception) and not _is_model_name(path)):
        return None
    if isinstance(after, Exception):
        return FileBreaks(path, FileChange.UNREADABLE, error=f"{path}: error: {after}")
    if not one.old:
        return FileBreaks(path, FileChange.NEW)
    place = ModelPlace(f"{against}:{one.old}", path, git.Revised(against, one.old), root)
    before = try_read(place, settings_of) if _is_model_name(one.old) or after else NotAModelError()
    if isinstance(before, Exception):
        return (
            None if after is None else FileBreaks(path, FileChange.UNREADABLE, error=f"{place.name}: error: {before}")
        )
    return _compared(one, path, before, after, categories)


def _compared(
    one: git.Changed, path: str, before: Read, after: Read | None, categories: Sequence[Category]
) -> FileBreaks:
    """The breaking changes between two versions of a model; the newer version is `None` where it is deleted."""
    if after is None:
        return FileBreaks(path, FileChange.DELETED, (DELETED,) if Category.FILE in categories else ())
    renamed = one.old if one.old != one.new else ""
    breaking = breaks(before, after, categories)
    return FileBreaks(path, FileChange.CHANGED, breaking, renamed, unjudged=unjudged(before, after))


def _is_model_name(path: str) -> bool:
    """Whether the name of a file promises a model."""
    return os.path.splitext(path)[1].lower() in model_suffixes()


def _shown(path: str, root: str) -> str:
    """A path of the repository, seen from the current folder."""
    return relative(os.path.join(root, path))


def _is_asked(one: git.Changed, paths: Sequence[str], root: str) -> bool:
    """Whether a changed path is one of the paths, or lies in one of them."""
    places = [os.path.realpath(path) for path in paths]
    sides = [os.path.realpath(os.path.join(root, path)) for path in (one.old, one.new) if path]
    return not places or any(path == place or path.startswith(place + os.sep) for path in sides for place in places)
