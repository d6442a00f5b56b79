"""The type of an output format of `lstmlint check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from lstmlint.ir.dataclass import dataclass
from lstmlint.linting.report import FileReport, Run, Tally


@dataclass(frozen=True, slots=True)
class Style:
    """The style of text: whether it has terminal colours, and whether it names the page of each rule."""

    is_coloured: bool = False
    points_to_pages: bool = False


Render: TypeAlias = Callable[[Run, Style], str]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A format that tells files one by one: the text on a file, and the text behind that on the last file."""

    of_file: Callable[[FileReport, Style], str]
    of_end: Callable[[Tally, Style], str]

    def joined(self, run: Run, style: Style) -> str:
        """The text of a whole run."""
        return "".join([*(self.of_file(report, style) for report in run.reports), self.of_end(run.tally, style)])


@dataclass(frozen=True, slots=True)
class Reporter:
    """An output format of `lstmlint check`: its name, and the function that renders a whole run.

    `pieces` are its parts where a file can be told before the next one is read; `None` where all are needed at once.
    """

    name: str
    render: Render
    pieces: Pieces | None = None


def told_by_file(name: str, pieces: Pieces) -> Reporter:
    """A format that tells files one by one."""
    return Reporter(name, pieces.joined, pieces)
