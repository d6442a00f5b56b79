"""The certificate of a repaired file: its recurrent layers run before and after, where it stores their weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstmlint.fixing.repairs.repair import Draft
from lstmlint.fixing.writers.source_tensors import root_of
from lstmlint.fixing.writers.weights import reader_of
from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.ir.dataclass import dataclass

if TYPE_CHECKING:
    from lstmlint.fixing.certificate.certificate import Comparison


@dataclass(frozen=True, slots=True)
class Certificate:
    """The recurrent layers of a file before and after its repair, or the `reason` why they could not run.

    There are no comparisons where the file has no recurrent layer or stores no weights.
    """

    comparisons: Sequence[Comparison] = ()
    reason: str = ""

    def lines(self) -> tuple[str, ...]:
        """The certificate as text, line by line; empty where no layer can run."""
        if self.reason:
            return (f"no certificate: {self.reason}",)
        if not self.comparisons:
            return ()
        from lstmlint.fixing.certificate.certificate import text

        return tuple(text(self.comparisons))


#: The certificate where no layer ran.
NO_CERTIFICATE = Certificate()


def certificate(draft: Draft) -> Certificate:
    """The certificate of a repaired model."""
    if draft.document.stored is None:
        return NO_CERTIFICATE
    from lstmlint.fixing.certificate.certificate import comparisons

    try:
        with root_of(draft.document) as root:
            return Certificate(tuple(comparisons(draft, reader_of(draft, root))))
    except UnwritableError as error:
        return Certificate(reason=f"the original {error.reason}")
