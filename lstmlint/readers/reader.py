"""What a module of this package declares to become a reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lstmlint.ir.document import Document
from lstmlint.readers.source import Source


@dataclass(frozen=True, slots=True)
class Reader:
    """A container: how its first bytes look, and how to read it.

    To add a container, add a module to this package that declares one `Reader` at its top level. No two readers
    may recognise the same content.
    """

    name: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Document]
