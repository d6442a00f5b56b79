"""Writing a repaired model as a new file: one module a container, found by the ending of the new file's name."""

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
    found = registry.declared(sys.modules[__name__], FileWriter)
    return registry.index(found, lambda writer: writer.suffixes)


def write(output: Output, path: str) -> tuple[str, ...]:
    """Write a repaired model to a new file and say what was left out of it.

    Raises:
        UnwritableError: the file is there already, the model has no place in this container, or the disk refuses.
    """
    return writer_of(path).write(output, path)


def writer_of(path: str) -> FileWriter:
    """The writer of a new file.

    Raises:
        UnwritableError: the ending of its name is none of those that say a container.
    """
    writer = writers().get(os.path.splitext(path)[1].lower())
    if writer is None:
        raise UnwritableError(f"has an ending that says nothing; name it {', '.join(sorted(writers()))}", path)
    return writer


def is_container_of(document: Document, path: str) -> bool:
    """Whether a new file is of the same kind as a document, which holds all that there is of its model."""
    return not document.weights_path and writer_of(path).container is document.container
