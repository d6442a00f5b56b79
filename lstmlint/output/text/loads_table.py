"""The verdicts on many files: a table of outcomes by version of Keras, and rows for spreadsheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.words import counted
from lstmlint.keras.versions import Target
from lstmlint.output.text.loads import cure, span
from lstmlint.portability.verdict import Outcome, Verdict

COLUMNS = ("path", "target", "outcome", "rule", "error", "layer", "message", "cure")


def rows(path: str, verdicts: Sequence[Verdict]) -> Iterator[tuple[str, ...]]:
    """A row of a spreadsheet for each version of Keras, with the obstacle that decides; empty where there is none."""
    for one in verdicts:
        reason = one.reason
        why = (reason.rule, reason.error, reason.layer, reason.message, cure(reason)) if reason else ("",) * 5
        yield (path, one.target.name, str(one.outcome), *why)


@dataclass(slots=True)
class Tally:
    """The numbers of files by version and outcome; `unread` are the files without a verdict."""

    targets: tuple[Target, ...]
    models: int = 0
    unread: int = 0
    outcomes: dict[Target, Counter[Outcome]] = field(default_factory=dict)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count a file by its outcomes in the order of the targets; one without any could not be read."""
        self.models += bool(outcomes)
        self.unread += not outcomes
        for target, outcome in zip(self.targets, outcomes, strict=bool(outcomes)):
            self.outcomes.setdefault(target, Counter())[outcome] += 1

    @property
    def is_refused(self) -> bool:
        """Whether a file fails in one of the versions, when it is loaded or when it is called."""
        return any(counts[Outcome.FAILS] or counts[Outcome.UNCALLABLE] for counts in self.outcomes.values())

    def text(self) -> str:
        """The table and a closing line.

        Neighbouring versions of one package with equal numbers share a row; outcomes that no file has get no column.
        """
        read = f"{counted(self.models, 'model')} read"
        ending = f"{read}; {counted(self.unread, 'path')} could not be read" if self.unread else read
        return f"\n{self._table()}\n\n{ending}\n" if self.models else f"{ending}\n"

    def _table(self) -> str:
        from tabulate import tabulate

        shown = [outcome for outcome in Outcome if any(counts[outcome] for counts in self.outcomes.values())]
        lines = dict.fromkeys(target.line for target in self.targets)
        by_line = [[target for target in self.targets if target.line is line] for line in lines]
        spans = [list(run) for of_line in by_line for _, run in groupby(of_line, self.outcomes.__getitem__)]
        rows = [[span(run), *(self.outcomes[run[0]][outcome] for outcome in shown)] for run in spans]
        return tabulate(rows, headers=["", *map(str, shown)], tablefmt="simple")
