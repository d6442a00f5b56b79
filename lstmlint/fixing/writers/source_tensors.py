"""The values of the tensors that a file stores, read one by one while the new file is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Container, Document
from lstmlint.readers import keras_zip, shards, source
from lstmlint.readers.hdf5 import tree_of

#: Containers whose weights are HDF5.
HDF5 = frozenset({Container.H5, Container.KERAS})


def lacks_weights(document: Document) -> bool:
    """Whether a document is an architecture alone; a whole model may have no weights yet, or none at all."""
    return document.stored is None and document.container not in HDF5


@dataclass(frozen=True, slots=True)
class Shards:
    """Sharded weights: a place begins with the name of the shard, which lies in the folder of the index.

    A tensor is read as an array, since one HDF5 file can be read at a time.
    """

    folder: str

    def __contains__(self, place: str) -> bool:
        """Shards hold the weights of layers alone."""
        return False

    def __getitem__(self, place: str) -> Any:
        import h5py

        name, _, inside = place.partition("/")
        path = os.path.join(self.folder, shards.file_name(name))
        with source.opened(path) as opened, tree_of(opened.stream, 0, opened.size) as tree:
            return h5py.Group(tree.root)[inside][()]


@contextmanager
def root_of(document: Document) -> Iterator[Any]:
    """The tensors of a document as `h5py` objects by their places, mostly in a group; `None` where it stores none.

    Raises:
        UnwritableError: the weights are in a container from which they cannot be copied.
        UnreadableError: the file is damaged.
    """
    if document.stored is None:
        yield None
        return
    if document.evidence.elsewhere:
        raise UnwritableError("links to data in other files; copy them into it first")
    import h5py

    with source.opened(document.weights_path or document.path) as opened:
        if opened.head.startswith(keras_zip.ZIP_STARTS):
            with keras_zip.archive_of(opened) as archive:
                info = archive.getinfo(keras_zip.WEIGHTS)
                weights = keras_zip.weights_stream(archive, info, opened)
                with weights as (stream, start, size), tree_of(stream, start, size) as tree:
                    yield h5py.Group(tree.root)
            return
        if document.weights_path and shards.recognises(opened):
            yield Shards(os.path.dirname(document.weights_path))
            return
        if not document.weights_path and document.container not in HDF5:
            raise UnwritableError(
                f"keeps its weights as {document.container}, which fix does not copy; write the architecture as .json"
            )
        with tree_of(opened.stream, 0, opened.size) as tree:
            yield h5py.Group(tree.root)
