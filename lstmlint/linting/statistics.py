"""The number of findings of each rule, for a user who decides which findings to work on first."""

from __future__ import annotations

from lstmlint.linting.report import Tally


def rows(tally: Tally) -> list[tuple[str, str, int, int]]:
    """Each rule with a severity, the number of its findings and that of their files, the most frequent first."""
    counts = sorted(tally.by_rule.items(), key=lambda item: (-item[1], item[0]))
    return [(key[0], str(key[1]), number, tally.files_by_rule[key]) for key, number in counts]


def table(tally: Tally) -> str:
    """A table of the rows."""
    from tabulate import tabulate

    shown = [[findings, files, rule, severity] for rule, severity, findings, files in rows(tally)]
    return tabulate(shown, headers=["Findings", "Files", "Rule", "Severity"], tablefmt="simple") + "\n"
