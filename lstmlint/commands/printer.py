"""Standard output of `check`: each file as soon as its report is made, and the end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.linting.report import FileReport, Tally
from lstmlint.output.formats.reporter import Pieces, Style


@dataclass(slots=True)
class Printer:
    """A stream with a style. While `is_quiet` and there is nothing to report, texts wait; reports never do."""

    stream: TextIO
    style: Style
    is_quiet: bool
    waiting: list[str] = field(default_factory=list)

    def print_files(self, reports: Iterable[FileReport], pieces: Pieces, tally: Tally) -> None:
        """Print reports as they come; each is in the tally already."""
        for report in reports:
            self._print(pieces.of_file(report, self.style), tally)

    def print_end(self, text: str, tally: Tally) -> None:
        """Print the last text, and what waited, unless there is nothing to report."""
        self._print(text, tally)

    def _print(self, text: str, tally: Tally) -> None:
        self.waiting.append(text)
        if self.is_quiet and tally.says_nothing:
            return
        self.stream.write("".join(self.waiting))
        self.stream.flush()  # for whoever reads along, and since a process that is forked would write the rest again
        self.waiting.clear()
