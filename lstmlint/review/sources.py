"""Models by the arguments of a command: files, and paths in revisions of a git repository."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import BinaryIO, cast

from lstmlint.inference.modelling import modelled
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import Document, NotAModelError, UnreadableError
from lstmlint.ir.paths import relative
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.causes import merged, singles
from lstmlint.linting.judging import judged
from lstmlint.readers import read_source
from lstmlint.readers.source import in_stream, opened
from lstmlint.review import git
from lstmlint.review.compare import Read
from lstmlint.running.failures import defect
from lstmlint.settings.settings import Settings


class SourceError(Exception):
    """A model cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """The place of a model: a file, or a path in a revision seen from a folder. `name` is shown for it.

    `path` is the file of the working tree whose settings apply.
    """

    name: str
    path: str
    revised: git.Revised | None = None
    folder: str = os.curdir


def place_of(text: str) -> ModelPlace:
    """The place that an argument names."""
    revised = git.revised(text)
    return ModelPlace(text, text) if revised is None else ModelPlace(text, _in_tree(revised), revised)


def committed(path: str, revision: str = git.HEAD) -> ModelPlace:
    """The committed version of a file of the working tree."""
    folder, wanted = git.beside(path, revision)
    return ModelPlace(f"{revision}:{path}", path, wanted, folder)


def pair_of(old: str, new: str | None) -> tuple[ModelPlace, ModelPlace]:
    """The two places of a comparison; one path alone is compared with its committed version.

    One path in a revision is compared with the file in the working tree.
    """
    if new is not None:
        return place_of(old), place_of(new)
    place = place_of(old)
    if place.revised is None:
        return committed(old), place
    return place, ModelPlace(place.path, place.path)


def read(place: ModelPlace, settings_of: Callable[[str], Settings]) -> Read:
    """The model at a place, judged by the settings of its file in the working tree.

    Raises:
        SourceError: the place cannot be read, or holds no model.
    """
    result = try_read(place, settings_of)
    if isinstance(result, Exception):
        raise SourceError(f"{place.name}: error: {result}")
    return result


def try_read(
    place: ModelPlace, settings_of: Callable[[str], Settings]
) -> Read | UnreadableError | NotAModelError | git.GitError:
    """The result of `read`, or the error that explains why there is none."""
    settings = settings_of(place.path)
    try:
        document, size = _document(place)
        analysis = judged(modelled(replace(document, path=place.path), settings.layers), settings)
    except (UnreadableError, NotAModelError, git.GitError) as error:
        return error
    except Exception as error:
        return UnreadableError(defect(error))
    return read_of(place, analysis, settings, size)


def read_of(place: ModelPlace, analysis: Analysis, settings: Settings, size: int) -> Read:
    """A judged model without the findings that the settings of its file ignore."""
    ignores = settings.ignores_for(place.path)
    shown = (one for one in singles(analysis.diagnostics) if not any(ignore.covers(one) for ignore in ignores))
    return Read(place.name, replace(analysis, diagnostics=merged(shown)), size)


def _document(place: ModelPlace) -> tuple[Document, int]:
    """The document at a place, and its size in bytes.

    Weights in another file are not read: those beside a file need not belong to its revision.
    """
    if place.revised is None:
        with opened(place.path) as source:
            return read_source(source), source.size
    with git.blob(place.revised, place.folder) as stream:
        source = in_stream(cast(BinaryIO, stream), place.name)
        return read_source(source), source.size


def _in_tree(revised: git.Revised) -> str:
    """The file of the working tree for a path in a revision, as far as git knows the repository."""
    if revised.path.startswith(("./", "../")):
        return revised.path
    try:
        return relative(os.path.join(git.root(), revised.path))
    except (git.GitError, ValueError):
        return revised.path
