"""Writers of repaired models: one module for each container, chosen by the ending of the new file's name."""

from __future__ import annotations

import os
import sys
from functools import cache

from lstmlint.extending import registry
from lstmlint.fixing.writers.writer import FileWriter, Output, UnwritableError
from lstmlint.ir.document import Document


@cache
def writers() -> dict[str, FileWriter]:
    """The writers by the ending of a file's name."""
    return registry.index(registry.declared(sys.modules[__name__], FileWriter), lambda writer: writer.suffixes)


def write(output: Output, path: str) -> tuple[str, ...]:
    """Write a repaired model to a new file, and list the parts that were left out.

    Raises:
        UnwritableError: the file exists already, the container cannot hold the model, or the disk refuses.
    """
    return writer_of(path).write(output, path)


def writer_of(path: str) -> FileWriter:
    """The writer of a new file.

    Raises:
        UnwritableError: the ending of its name stands for no container.
    """
    writer = writers().get(os.path.splitext(path)[1].lower())
    if writer is None:
        raise UnwritableError(f"has an ending that says nothing; name it {', '.join(sorted(writers()))}", path)
    return writer


def is_container_of(document: Document, path: str) -> bool:
    """Whether a new file has the container of a document that holds its whole model."""
    return not document.weights_path and writer_of(path).container is document.container
