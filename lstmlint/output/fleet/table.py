"""Tables that every format draws from the same cells."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from lstmlint.ir.words import counted


class Code(str):
    """A path, a name or a command, which is told as it is."""

    __slots__ = ()


class Grade(str):
    """A severity, which pages show as a mark."""

    __slots__ = ()


class Part(NamedTuple):
    """A number as part of another one, which pages show as a bar."""

    number: int
    whole: int


#: Lines of text, or a number; `None` is empty.
Cell: TypeAlias = Part | tuple[str, ...] | str | int | None


class Row(NamedTuple):
    """The cells of a row, and the filters of the list of files that show the files of which it tells."""

    cells: tuple[Cell, ...]
    filters: tuple[tuple[str, str], ...] = ()


class Table(NamedTuple):
    """A table with what is to be known to read it; `name` is its anchor.

    The first rows are the most important ones. `numbers` are the positions of the columns that hold numbers,
    `rest` is the noun for what a row tells of.
    """

    name: str
    title: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    rest: str = "row"


#: Nouns for rows whose plural is not the noun and an s.
PLURALS = {"class": "classes", "family": "families"}


def more_of(table: Table, most: int) -> str:
    """The number of rows beyond the first `most`, in words; empty where there are none."""
    left = len(table.rows) - most
    return f"and {counted(left, table.rest, PLURALS.get(table.rest, ''))} more" if left > 0 else ""


def lines_of(cell: Cell) -> tuple[str, ...]:
    """The lines of a cell."""
    if cell is None:
        return ()
    if isinstance(cell, int | Part):
        return (f"{cell.number if isinstance(cell, Part) else cell:,}",)
    return (cell,) if isinstance(cell, str) else cell
