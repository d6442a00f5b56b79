"""What a writer declares, and what it gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lstmlint.fixing.repairs.repair import Draft
from lstmlint.ir.document import FileError
from lstmlint.ir.model import Model


class UnwritableError(FileError):
    """The new file cannot be written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Output:
    """A repaired model to be written: what was done to it, and the model that its new config is."""

    draft: Draft
    model: Model
    keras_version: str
    keeps_optimizer: bool = True


@dataclass(frozen=True, slots=True)
class FileWriter:
    """A container. `write` makes a new file and gives remarks on what it left out."""

    name: str
    suffixes: tuple[str, ...]
    write: Callable[[Output, str], tuple[str, ...]]
