"""The values of the tensors that a file stores, read one by one while the new file is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.ir.document import Container, Document
from lstmlint.readers import keras_zip, source
from lstmlint.readers.hdf5 import tree_of

#: Containers whose weights are HDF5.
HDF5 = frozenset({Container.H5, Container.KERAS})


@contextmanager
def root_of(document: Document) -> Iterator[Any]:
    """The HDF5 group of a document's weights, as an `h5py.Group`; `None` where it stores none.

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
        if not document.weights_path and document.container not in HDF5:
            raise UnwritableError(
                f"keeps its weights as {document.container}, which fix does not copy; write the architecture as .json"
            )
        with tree_of(opened.stream, 0, opened.size) as tree:
            yield h5py.Group(tree.root)
