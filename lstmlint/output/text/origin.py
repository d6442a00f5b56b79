"""`lstmlint origin`: the kin of a model, a line for each file."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.words import counted
from lstmlint.output.results.origin import Origin
from lstmlint.review.kinship import headline
from lstmlint.running.terminal import fit


def text(origin: Origin) -> str:
    """A line for each kin, the nearest first, and the number of other files."""
    return "\n".join(map(fit, _lines(origin))) + "\n"


def _lines(origin: Origin) -> Iterator[str]:
    yield from (f"{one.path}: {headline(one.lineage)}" for one in origin.kin)
    kin = counted(len(origin.kin), "file shows", "files show")
    yield f"{kin} kinship with {origin.path}, {counted(origin.unrelated, 'other does', 'others do')} not"
