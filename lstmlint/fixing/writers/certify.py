"""The certificate of a repair for a file: its recurrent layers run before and after, where it stores their weights."""

from __future__ import annotations

from lstmlint.fixing.repairs.repair import Draft
from lstmlint.fixing.writers.source_tensors import root_of
from lstmlint.fixing.writers.weights import reader_of
from lstmlint.fixing.writers.writer import UnwritableError


def certificate(draft: Draft) -> tuple[str, ...]:
    """The certificate, line by line; nothing where there are no weights to run."""
    if draft.document.stored is None:
        return ()
    from lstmlint.fixing.certificate.certificate import comparisons, text

    try:
        with root_of(draft.document) as root:
            return tuple(text(list(comparisons(draft, reader_of(draft, root)))))
    except UnwritableError as error:
        return (f"no certificate: the original {error}",)
