"""The answers about a zoo in GitHub Flavored Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.output.fleet.table import Cell, Code, Table, lines_of, more_of
from lstmlint.output.fleet.tables import heading, tables
from lstmlint.output.formats.markdown import code
from lstmlint.output.formats.markdown import text as escaped
from lstmlint.output.results.fleet import Fleet

#: The most rows of a table; JSON has all of them, the page most.
MOST = 20

#: The sign between cells.
BETWEEN = " | "


def markdown(fleet: Fleet) -> str:
    """The whole text."""
    return "\n".join(_lines(fleet)) + "\n"


def _lines(fleet: Fleet) -> Iterator[str]:
    yield f"## {code(fleet.store)}"
    yield ""
    yield f"**{heading(fleet.answers)}**"
    for table in tables(fleet.answers):
        yield from ("", f"### {table.title}", "")
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"| {BETWEEN.join(table.headers)} |"
    yield f"|{'|'.join('--:' if at in table.numbers else '---' for at in range(len(table.headers)))}|"
    for row in table.rows[:MOST]:
        yield f"| {BETWEEN.join(map(_cell, row.cells))} |"
    more = more_of(table, MOST)
    for note in filter(None, (*table.notes, more)):
        yield from ("", escaped(note))


def _cell(cell: Cell) -> str:
    return "<br>".join(code(line) if isinstance(line, Code) else escaped(line) for line in lines_of(cell))
