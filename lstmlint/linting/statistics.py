"""How often each rule fires, for whoever decides which findings to begin with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from lstmlint.linting.report import FileReport


def table(reports: Sequence[FileReport]) -> str:
    """A table with a line a rule: its findings and the files in which they are, the most frequent first."""
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
