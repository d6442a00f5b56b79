"""Shared by the loaders of runtimes."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.document import Container
from lstmlint.ir.model import Model
from lstmlint.portability.loaders.containers import refused
from lstmlint.portability.obstacle import Obstacle

#: What is said of a file that holds weights alone.
NO_ARCHITECTURE = "the file holds no architecture, so there is no model to convert"


def nothing_to_convert(model: Model) -> Iterator[Obstacle]:
    """A file without a config, unless TensorFlow itself can run it."""
    document = model.document
    if document.config is None and document.container is not Container.SAVED_MODEL:
        yield refused("", NO_ARCHITECTURE)
