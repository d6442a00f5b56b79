"""The declaration of a writer, and its input."""

from __future__ import annotations

from collections.abc import Callable

from lstmlint.fixing.repairs.repair import Draft
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Container, FileError
from lstmlint.ir.model import Model


class UnwritableError(FileError):
    """The new file cannot be written; the message says why and what to do.

    Its path is the new file, or empty where the problem lies in the old file.
    """


#: The message for an architecture without weights.
NO_WEIGHTS = "holds no weights; name their file with --weights, or write the architecture as .json"


@dataclass(frozen=True, slots=True)
class Output:
    """A repaired model to write: its draft, and the model of its new config."""

    draft: Draft
    model: Model
    keras_version: str
    keeps_optimizer: bool = True


@dataclass(frozen=True, slots=True)
class FileWriter:
    """A container. `write` makes a new file and lists the parts that it left out."""

    name: str
    suffixes: tuple[str, ...]
    container: Container
    write: Callable[[Output, str], tuple[str, ...]]
