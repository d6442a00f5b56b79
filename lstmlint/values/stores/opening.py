"""Opening the values behind a document, whichever container holds them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Container, Document, UnreadableError
from lstmlint.readers import keras_zip, shards, source
from lstmlint.readers.hdf5 import tree_of
from lstmlint.values.stores.blocks import Store, UnreadValuesError, Values
from lstmlint.values.stores.hdf5 import Hdf5Store

HDF5 = frozenset({Container.H5, Container.KERAS})

STREAMED = "they came through a stream; name a file"
NONE = "the file holds none"


@dataclass(frozen=True, slots=True)
class NoStore:
    """A container whose values are not read, for one reason."""

    reason: str

    def values(self, place: str, shape: tuple[int, ...]) -> Values:
        """Nothing.

        Raises:
            UnreadValuesError: always.
        """
        raise UnreadValuesError(self.reason)


@dataclass(slots=True)
class ShardStore:
    """Sharded weights: a place begins with the name of the shard; one shard is open at a time."""

    folder: str
    stack: ExitStack
    name: str = ""
    store: Store = field(default=NoStore(NONE))

    def values(self, place: str, shape: tuple[int, ...]) -> Values:
        """The values of a tensor in its shard.

        Raises:
            UnreadValuesError: they cannot be read.
        """
        name, _, inside = place.partition("/")
        if name != self.name:
            self.stack.close()
            self.name, self.store = name, NoStore("their shard cannot be read")
            try:
                opened = self.stack.enter_context(source.opened(os.path.join(self.folder, shards.file_name(name))))
                tree = self.stack.enter_context(tree_of(opened.stream, 0, opened.size))
                self.store = Hdf5Store(tree, opened.stream, 0, opened.size)
            except UnreadableError:
                pass
        return self.store.values(inside, shape)


@contextmanager
def store_of(document: Document) -> Iterator[Store]:
    """The values of a document's stored tensors.

    Raises:
        UnreadableError: the file cannot be opened, or is damaged as a whole.
    """
    path = document.weights_path or document.path
    if document.weights_path is None and document.given_path != document.path:
        yield NoStore(STREAMED)
        return
    with ExitStack() as stack:
        opened = stack.enter_context(source.opened(path))
        # An error of a reader of values must not be taken for damage of the file, so none passes these contexts.
        inner = ExitStack()
        stack.callback(inner.close)
        if opened.head.startswith(keras_zip.ZIP_STARTS) or (
            document.container is Container.KERAS and document.weights_path is None
        ):
            archive = inner.enter_context(keras_zip.archive_of(opened))
            info = archive.getinfo(keras_zip.WEIGHTS)
            stream, start, size = inner.enter_context(keras_zip.weights_stream(archive, info, opened))
            tree = inner.enter_context(tree_of(stream, start, size))
            yield Hdf5Store(tree, stream, start, size)
        elif shards.recognises(opened):
            yield ShardStore(os.path.dirname(path) or os.curdir, inner)
        elif document.container in HDF5 or document.weights_path:
            tree = inner.enter_context(tree_of(opened.stream, 0, opened.size))
            yield Hdf5Store(tree, opened.stream, 0, opened.size)
        else:
            yield NoStore(f"{document.container} keeps them elsewhere")
