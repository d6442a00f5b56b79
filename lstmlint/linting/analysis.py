"""A judged model: a model with its findings."""

from __future__ import annotations

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Document
from lstmlint.ir.finding import Abstention, Diagnostic, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shown import Presented
from lstmlint.linting.report import IgnoreUse


@dataclass(frozen=True, slots=True)
class Analysis(Presented):
    """A model and all that the rules say about it, in the order of the file.

    `diagnostics` are the findings, `abstentions` the locations that a rule could not judge, each with the reason.
    `ignores` are the ignores in the settings that cover the file; findings that they keep out are not in `diagnostics`.
    """

    model: Model
    diagnostics: tuple[Diagnostic, ...]
    abstentions: tuple[Abstention, ...]
    ignores: tuple[IgnoreUse, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        severities = [diagnostic.severity for diagnostic in self.diagnostics]
        numbers = " ".join(f"{severity}s={severities.count(severity)}" for severity in Severity)
        return f"<Analysis {self.model.name!r} path={self.document.path!r} {numbers} unjudged={len(self.abstentions)}>"

    @property
    def document(self) -> Document:
        """The content of the file."""
        return self.model.document
