"""What a module of this package declares to become a reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lstmlint.ir.document import Container, Document
from lstmlint.readers.source import Source


@dataclass(frozen=True, slots=True)
class Reader:
    """A container: how its first bytes look, how to read it, and by which names it goes.

    To add a container, add a module to this package that declares one `Reader` at its top level. No two readers
    may recognise the same content.

    `container` is that of its documents. A name that ends in one of `suffixes` promises the container, as Keras 3
    chooses its loader by it; those in `also_named` are used for it and for other things. `file_names` are names that
    only such files have. `is_candidate` tells of a file that it recognises whether it is worth reading when it is
    found in a folder; without it the name decides. With `reads_by_name` a file that no reader recognises is read if
    its name promises the container, to say why it is none.
    """

    name: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Document]
    container: Container
    suffixes: frozenset[str] = frozenset()
    also_named: frozenset[str] = frozenset()
    file_names: frozenset[str] = frozenset()
    is_candidate: Callable[[Source], bool] | None = None
    reads_by_name: bool = False
