"""Writing a repaired model as a new file: one module a container, found by the ending of the new file's name."""

from __future__ import annotations

import os
import sys
from functools import cache

from lstmlint.extending import registry
from lstmlint.fixing.writers.writer import FileWriter, Output, UnwritableError


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
    suffix = os.path.splitext(path)[1].lower()
    writer = writers().get(suffix)
    if writer is None:
        raise UnwritableError(f"has an ending that says nothing; name it {', '.join(sorted(writers()))}")
    return writer.write(output, path)
