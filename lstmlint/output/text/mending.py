"""What became of many files that were repaired: counts by outcome, what is left, and the files that failed."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.words import counted
from lstmlint.output.text.audit import MOST_RULES, listed, more
from lstmlint.running.terminal import fit
from lstmlint.zoo.mending import Ward

#: The longest message in a table.
WIDTH = 88


def lines(ward: Ward, folder: str) -> Iterator[str]:
    """The report, line by line; `folder` is that of the new files."""
    from tabulate import tabulate

    before = f", {ward.unchanged:,} of them by an earlier run" if ward.unchanged else ""
    yield f"{counted(ward.files, 'file')}{before}; new files are in {fit(folder)}"
    if ward.outcomes:
        rows = [[str(outcome), files] for outcome, files in ward.outcomes]
        yield tabulate(rows, headers=["Outcome", "Files"], tablefmt="simple", intfmt=",")
    if ward.left:
        told = [[one.repair, one.files, _short(f"{one.layer}: {one.message}" if one.layer else one.message)]
                for one in ward.left[:MOST_RULES]]  # fmt: skip
        yield tabulate(told, headers=["Left for you", "Files", "The first"], tablefmt="simple", intfmt=",")
        yield from more(len(ward.left) - MOST_RULES, "kind")
    yield from listed("failed", [f"{path}: {error}" for path, error in ward.failed])


def _short(message: str) -> str:
    told = fit(message)
    return told if len(told) <= WIDTH else f"{told[: WIDTH - 1]}…"
