"""An architecture and its weights in two files, as `to_json()` and `save_weights()` leave them, paired by name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lstmlint.ir.addresses import is_address
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.lazy_pattern import lazy_pattern

ARCHITECTURE_SUFFIXES = frozenset({".json", ".yaml", ".yml"})
WEIGHTS_SUFFIXES = frozenset({".h5", ".hdf5", ".hdf", ".weights"})
SHARDS_SUFFIX = ".weights.json"
SHARD_SUFFIX = ".weights.h5"

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
    paths = [other for other in named_alike(path) if not is_whole_model(other)]
    if len(paths) > MAX_CANDIDATES:
        return None
    candidates = [other for other in paths if may_be_weights(other)]
    return candidates[0] if len(candidates) == 1 and holds_weights(candidates[0]) else None


def named_beside(path: str) -> list[str]:
    """The files beside one on whose content it may depend what is read of it, told by names alone, in their order.

    They are the weights of an architecture and, for an index of sharded weights, every shard in the folder.
    """
    folder, name = os.path.split(path)
    if is_address(path) or not name.casefold().endswith(SHARDS_SUFFIX):
        return named_alike(path)
    return [os.path.join(folder, other) for other in names_in(folder or os.curdir) if other.endswith(SHARD_SUFFIX)]


def named_alike(path: str) -> list[str]:
    """The files in the folder of an architecture that belong to it as weights, judged by name alone, in their order.

    At an address there are none: to list a folder for each file costs more than to read the file.
    """
    if is_address(path):
        return []
    folder, name = os.path.split(path)
    place = folder or os.curdir
    return [os.path.join(folder, other) for other in belonging(name, models_in(place, modified(place)))]


class Models(NamedTuple):
    """The files of a folder by the model that they name: those that may hold weights, and stems of architectures."""

    weights: Mapping[str, tuple[str, ...]]
    architectures: Mapping[str, frozenset[str]]


def belonging(name: str, models: Models) -> list[str]:
    """The names of the files that belong to an architecture as weights, judged by name alone.

    `lstm_weights.h5` belongs to `lstm.json`, and to `lstm_arch.json` only where there is no `lstm.json`.
    """
    stem, suffix = os.path.splitext(name.casefold())
    if suffix not in ARCHITECTURE_SUFFIXES or name.casefold().endswith(SHARDS_SUFFIX):
        return []
    model = ARCHITECTURE_WORD.sub("", stem)
    rivals = models.architectures.get(model, frozenset()) - {stem}
    stems = {stem} if rivals else {stem, model}
    return sorted(other for one in stems for other in models.weights.get(one, ()) if other != name)


@lru_cache(maxsize=64)
def models_in(folder: str, modified_at: int) -> Models:
    """The models in a folder. Cached for all architectures in it."""
    return models_of(names_in(folder))


def models_of(names: Iterable[str]) -> Models:
    """The models that the names of the files in a folder name."""
    weights: dict[str, tuple[str, ...]] = {}
    architectures: dict[str, frozenset[str]] = {}
    for name in names:
        if is_weights(name):
            weights[model_of(name)] = (*weights.get(model_of(name), ()), name)
        elif is_architecture(name):
            stem = os.path.splitext(name.casefold())[0]
            model = ARCHITECTURE_WORD.sub("", stem)
            architectures[model] = architectures.get(model, frozenset()) | {stem}
    return Models(weights, architectures)


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
