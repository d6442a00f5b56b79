"""The format for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.output.changes.format import Format
from lstmlint.output.text.summary import BRANCH
from lstmlint.review.change import Diff
from lstmlint.review.words import ARROW, HEADERS, is_only_size, sections, table, title, verdict
from lstmlint.running.terminal import fit


def render(diff: Diff, longest: int) -> str:
    return "\n".join(_lines(diff)) + "\n"


def _lines(diff: Diff) -> Iterator[str]:
    yield fit(f"{diff.old.name}{ARROW}{diff.new.name}")
    if line := verdict(diff):
        yield line
    if diff.is_empty:
        if is_only_size(diff):
            yield f"the files have {diff.old.size:,} and {diff.new.size:,} bytes"
        return
    yield title(diff)
    if diff.has_structural_change:
        yield _table(diff)
    for section in sections(diff):
        yield f"{section.title}"
        yield from (f"  {line}" for line in section.lines)


def _table(diff: Diff) -> str:
    from tabulate import tabulate

    rows = [
        [cells.sign, BRANCH * cells.depth + cells.name, cells.output, cells.params, cells.changes]
        for cells in table(diff.rows)
    ]
    alignment = ("left", "left", "left", "right", "left")
    return tabulate(rows, headers=HEADERS, tablefmt="simple_outline", disable_numparse=True, colalign=alignment)


TEXT = Format("text", render)
