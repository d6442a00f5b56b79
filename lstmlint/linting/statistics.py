"""The number of findings of each rule, for a user who decides which findings to work on first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from lstmlint.linting.report import FileReport


def table(reports: Sequence[FileReport]) -> str:
    """A table with a line for each rule: its findings and the files that have them, most frequent first."""
    from tabulate import tabulate

    findings: Counter[tuple[str, str]] = Counter()
    files: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for report in reports:
        for diagnostic in report.diagnostics:
            key = (diagnostic.rule, str(diagnostic.severity))
            findings[key] += 1
            files[key].add(report.path)
    rows = [
        [number, len(files[key]), *key] for key, number in sorted(findings.items(), key=lambda item: (-item[1], item))
    ]
    return tabulate(rows, headers=["Findings", "Files", "Rule", "Severity"], tablefmt="simple") + "\n"
