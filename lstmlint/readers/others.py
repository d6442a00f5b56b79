"""The files besides its own that a saved model consists of: weights, shards, the variables of a SavedModel."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lstmlint.ir.document import Container, Document, NotAModelError, UnreadableError
from lstmlint.readers import shards
from lstmlint.readers.serialized import value_in
from lstmlint.readers.source import opened

#: The members of the folder of a SavedModel, besides the metadata of Keras.
GRAPH, VARIABLES = "saved_model.pb", "variables"

#: The most files of variables; TensorFlow writes an index and a few shards.
MOST_VARIABLES = 1000


def other_files(document: Document) -> tuple[str, ...]:
    """The paths of the other files of a document, each once and in their order.

    Raises:
        UnreadableError: an index of shards cannot be read any more.
    """
    return tuple(dict.fromkeys(path for path in _others(document) if path != document.path))


def _others(document: Document) -> Iterator[str]:
    if document.weights_path:
        yield document.weights_path
        yield from _shards(document.weights_path)
    if document.container is Container.SHARDS:
        yield from _shards(document.path)
    if document.container is Container.SAVED_MODEL:
        yield from _variables(os.path.dirname(document.path))


def shards_beside(path: str) -> tuple[str, ...]:
    """The names of the shards that an index of any name has beside it; none of a file that is no index of Keras."""
    if not path.casefold().endswith(".json"):
        return ()
    try:
        return tuple(map(os.path.basename, _shards(path)))
    except (UnreadableError, NotAModelError):
        return ()


def _shards(path: str) -> Iterator[str]:
    """The shards that a file names, if it is an index of them."""
    with opened(path) as source:
        if not shards.recognises(source):
            return
        index, _, _ = value_in(source.read())
    for name in shards.shards_of(index.get(shards.WEIGHT_MAP) if isinstance(index, dict) else None):
        yield os.path.join(os.path.dirname(path), name)


def _variables(folder: str) -> Iterator[str]:
    """The graph and the variables in the folder of a SavedModel."""
    inner = os.path.join(folder, VARIABLES)
    names = sorted(os.listdir(inner))[:MOST_VARIABLES] if os.path.isdir(inner) else []
    for path in (os.path.join(folder, GRAPH), *(os.path.join(inner, name) for name in names)):
        if os.path.isfile(path):
            yield path
