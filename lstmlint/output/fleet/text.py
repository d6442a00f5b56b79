"""The answers about a zoo as text."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.output.fleet.table import Code, Table, lines_of, more_of
from lstmlint.output.fleet.tables import heading, tables
from lstmlint.output.results.fleet import Fleet
from lstmlint.running.terminal import fit

#: The most rows of a table; JSON has all of them, the page most.
MOST = 10

#: The longest line in a cell; paths and commands are never cut.
WIDTH = 88


def text(fleet: Fleet) -> str:
    """The whole text."""
    return "\n".join(_lines(fleet)) + "\n"


def _lines(fleet: Fleet) -> Iterator[str]:
    yield f"{fit(fleet.store)}: {heading(fleet.answers)}"
    for table in tables(fleet.answers):
        yield ""
        yield table.title
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    from tabulate import tabulate

    rows = [["\n".join(map(_line, lines_of(cell))) for cell in row.cells] for row in table.rows[:MOST]]
    align = ["right" if at in table.numbers else "left" for at in range(len(table.headers))]
    yield from (fit(note) for note in table.notes)
    drawn = tabulate(rows, headers=table.headers, tablefmt="simple", colalign=align, disable_numparse=True)
    yield from (line.rstrip() for line in drawn.split("\n"))
    if more := more_of(table, MOST):
        yield f"  {more}"


def _line(line: str) -> str:
    told = fit(line)
    return told if isinstance(line, Code) or len(told) <= WIDTH else f"{told[: WIDTH - 1]}…"
