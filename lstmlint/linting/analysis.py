"""A judged model: what the rules say of it."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.ir.document import Document
from lstmlint.ir.finding import Abstention, Diagnostic
from lstmlint.ir.model import Model
from lstmlint.ir.shown import Shown


@dataclass(frozen=True, slots=True)
class Analysis(Shown):
    """A model and everything that the rules say of it, in the order of the file."""

    model: Model
    diagnostics: tuple[Diagnostic, ...]
    abstentions: tuple[Abstention, ...]

    @property
    def document(self) -> Document:
        return self.model.document
