"""An architecture and its weights in two files, as `to_json()` and `save_weights()` leave them, paired by name."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import islice

from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.lazy_pattern import lazy_pattern

ARCHITECTURE_SUFFIXES = frozenset({".json", ".yaml", ".yml"})
WEIGHTS_SUFFIXES = frozenset({".h5", ".hdf5", ".hdf", ".weights"})
SHARDS_SUFFIX = ".weights.json"

ARCHITECTURE_WORD = lazy_pattern(r"[ ._-](?:arch|architecture|config|structure|topology)$")
WEIGHTS_WORD = lazy_pattern(r"[ ._-]weights?$|^weights?[ ._-]")
"""Words that people add to the name of a model for each of its two files."""

HEAD_BYTES = 8 * 1024
"""Bytes at the beginning of an H5 file in which Keras names the attributes; a file that names them later is opened."""

MAX_ENTRIES = 10_000
MAX_CANDIDATES = 8


def paired_weights(path: str) -> str | None:
    """The file of weights that belongs to an architecture, where the names leave no doubt; `None` otherwise.

    It lies in the same folder, has the model's name, holds weights and no model of its own, and is the only such file.
    A file of that name that cannot be read could be the right one, so there is no pair then.
    """
    folder, name = os.path.split(path)
    models = weights_by_model(folder or os.curdir, modified(folder or os.curdir))
    stem = os.path.splitext(name.casefold())[0]
    named = {*models.get(stem, ()), *models.get(ARCHITECTURE_WORD.sub("", stem), ())}
    possible = {other for other in named if not is_whole_model(os.path.join(folder, other))}
    if not possible:
        return None
    paths = [os.path.join(folder, other) for other in matches(name, names_in(folder or os.curdir)) if other in possible]
    if len(paths) > MAX_CANDIDATES:
        return None
    candidates = [other for other in paths if may_be_weights(other)]
    return candidates[0] if len(candidates) == 1 and holds_weights(candidates[0]) else None


@lru_cache(maxsize=64)
def weights_by_model(folder: str, modified_at: int) -> dict[str, tuple[str, ...]]:
    """The files in a folder that may hold weights, by the model they name. Cached for all architectures in it."""
    files: dict[str, tuple[str, ...]] = {}
    for name in names_in(folder):
        if is_weights(name):
            files[model_of(name)] = (*files.get(model_of(name), ()), name)
    return files


def modified(folder: str) -> int:
    """The time of the last change to a folder's list of files, in nanoseconds; 0 where it is not known."""
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


def is_whole_model(path: str) -> bool:
    """Whether the head of a file shows at once that it holds a model of its own."""
    try:
        with open(path, "rb") as file:
            return b"model_config" in file.read(HEAD_BYTES)
    except OSError:
        return False


def names_in(folder: str) -> list[str]:
    """The names of the files in a folder; none where it may not be read or holds too many."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MAX_ENTRIES + 1) if entry.is_file()]
    except OSError:
        return []
    return sorted(names) if len(names) <= MAX_ENTRIES else []


def matches(name: str, names: Collection[str]) -> Iterator[str]:
    """The names of weights files in a folder that belong to an architecture, judged by name alone.

    `lstm_weights.h5` belongs to `lstm.json`, and to `lstm_arch.json` only where there is no `lstm.json`.
    """
    stem, suffix = os.path.splitext(name.casefold())
    if suffix not in ARCHITECTURE_SUFFIXES or name.casefold().endswith(SHARDS_SUFFIX):
        return
    stems = {stem}
    model = ARCHITECTURE_WORD.sub("", stem)
    rivals = {os.path.splitext(other.casefold())[0] for other in names if is_architecture(other)} - {stem}
    if not any(ARCHITECTURE_WORD.sub("", rival) == model for rival in rivals):
        stems.add(model)
    for other in names:
        if other != name and is_weights(other) and model_of(other) in stems:
            yield other


def is_architecture(name: str) -> bool:
    """Whether a name fits a file with an architecture."""
    return os.path.splitext(name.casefold())[1] in ARCHITECTURE_SUFFIXES and not is_weights(name)


def is_weights(name: str) -> bool:
    """Whether a name fits a file of weights."""
    folded = name.casefold()
    return os.path.splitext(folded)[1] in WEIGHTS_SUFFIXES or folded.endswith(SHARDS_SUFFIX)


def model_of(weights: str) -> str:
    """The name of the model in the name of a file of weights: `lstm` of `lstm.weights.h5` and `weights_lstm.h5`."""
    return WEIGHTS_WORD.sub("", os.path.splitext(weights.casefold())[0])


def may_be_weights(path: str) -> bool:
    """Whether a file holds weights alone, or cannot be read."""
    from lstmlint import readers

    try:
        document = readers.read(path)
    except NotAModelError:
        return False
    except UnreadableError:
        return True
    return document.config is None and bool(document.stored)


def holds_weights(path: str) -> bool:
    """Whether a file can be read and holds weights."""
    from lstmlint import readers

    try:
        return any(layer.tensors for layer in readers.read(path).stored or ())
    except (NotAModelError, UnreadableError):
        return False
