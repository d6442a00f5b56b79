"""The result of an audit as text: what was read and what changed, the findings, and the rules that fire most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.ir.words import counted
from lstmlint.output.results.audit import Audit
from lstmlint.running.terminal import fit

#: The most rules and the most files of a kind that are listed; JSON and the store have all.
MOST_RULES = 10
MOST_FILES = 10


def text(audit: Audit) -> str:
    """The whole text."""
    return "\n".join(_lines(audit)) + "\n"


def _lines(audit: Audit) -> Iterator[str]:
    tally = audit.tally
    yield (
        f"{counted(tally.files, 'file')}: {tally.read:,} read, {tally.unchanged:,} unchanged, {tally.skipped:,} not of "
        f"Keras, {len(tally.failed):,} unreadable"
    )
    if tally.new != tally.files or tally.vanished:
        yield f"since the last audit: {tally.new:,} new, {tally.changed:,} changed, {tally.vanished:,} gone"
    findings = ", ".join(counted(number, severity) for severity, number in tally.findings.items())
    yield findings
    if tally.rules:
        from tabulate import tabulate

        rows = [[one.rule, one.severity, one.findings, one.files] for one in tally.rules[:MOST_RULES]]
        yield tabulate(rows, headers=["Rule", "Severity", "Findings", "Files"], tablefmt="simple", intfmt=",")
        yield from more(len(tally.rules) - MOST_RULES, "rule")
    yield from listed("unreadable", [f"{path}: {error}" for path, error in tally.failed])
    yield from listed("gone", tally.gone)
    yield from (f"{fit(path)}: error: {fit(error)}" for path, error in audit.problems)


def listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    """The first of some lines below a title, and the number of the others."""
    if lines:
        yield f"{title}:"
        yield from (f"  {fit(line)}" for line in lines[:MOST_FILES])
        yield from more(len(lines) - MOST_FILES, "file")


def more(number: int, noun: str) -> Iterator[str]:
    """The number of things that are not listed, if there are any."""
    if number > 0:
        yield f"  and {counted(number, noun)} more"
