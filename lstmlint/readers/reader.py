"""The declaration that makes a module of this package a reader."""

from __future__ import annotations

from collections.abc import Callable

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Container, Document
from lstmlint.readers.source import Source


@dataclass(frozen=True, slots=True)
class Reader:
    """A container: how its first bytes look, how to read it, and which file names it uses.

    To add a container, add a module to this package that declares one `Reader` at its top level. Where several readers
    recognise a file, the one whose container its name promises reads it.

    `container` is the one that its documents state. A name that ends in one of `suffixes` promises the container,
    because Keras 3 chooses its loader by it; the suffixes in `also_named` have other uses as well. `file_names` are
    names that only files of this container have. `is_candidate` tells whether a recognised file in a searched folder
    is worth reading; without it the name decides. With `reads_by_name` the reader also reads a file that no reader
    recognises, if its name promises the container, so that the error says what is wrong. This reader also reads JSON
    whose outermost object has `key`, even where this key comes late in the file.
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
    key: str = ""
