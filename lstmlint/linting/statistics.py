"""The number of findings of each rule, for a user who decides which findings to work on first."""

from __future__ import annotations

from lstmlint.linting.report import Tally


def table(tally: Tally) -> str:
    """A table with a line for each rule and severity: its findings, and the files with them, most frequent first."""
    from tabulate import tabulate

    rows = [
        [number, tally.files_by_rule[key], *map(str, key)]
        for key, number in sorted(tally.by_rule.items(), key=lambda item: (-item[1], item[0]))
    ]
    return tabulate(rows, headers=["Findings", "Files", "Rule", "Severity"], tablefmt="simple") + "\n"
