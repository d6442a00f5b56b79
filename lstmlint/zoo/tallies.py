"""The counts of an audit, asked of its store: what was read, what changed, what the rules say of the files of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from lstmlint.ir.finding import Severity
from lstmlint.settings.settings import Settings
from lstmlint.zoo.asking import hides_nothing, shown_findings
from lstmlint.zoo.places import Places

if TYPE_CHECKING:
    import sqlite3

#: How often each rule fires. Of findings of one cause in one file the gravest counts, as a check counts them.
BY_RULE = """
WITH caused AS (
    SELECT s.file_id, d.rule, d.severity, row_number() OVER (
        PARTITION BY s.file_id, coalesce(d.cause, -1 - d.position)
        ORDER BY CASE d.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, d.is_consequence, d.position
    ) AS rank
    FROM temp.met JOIN files f ON f.path = place JOIN states s ON s.file_id = f.id AND s.to_run IS NULL
    JOIN findings d ON d.model_id = s.model_id
)
SELECT rule, severity, count(*), count(DISTINCT file_id) FROM caused WHERE rank = 1
GROUP BY rule, severity ORDER BY 4 DESC, 3 DESC, rule, severity
"""


class RuleCount(NamedTuple):
    """How often a rule fires."""

    rule: str
    severity: str
    findings: int
    files: int


class Tally(NamedTuple):
    """The counts of one audit.

    `files` are all that its sources name; each of them was `read` or `unchanged`. `new`, `changed` and `vanished` are
    files whose state is another one than in the audit before. `findings` are counted by severity, one for each cause,
    and `rules` are those that fire in most files. `failed` and `gone` are paths, the first with the reason.
    """

    files: int
    read: int
    unchanged: int
    skipped: int
    new: int
    changed: int
    vanished: int
    findings: dict[str, int]
    rules: tuple[RuleCount, ...]
    failed: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]


def tally_of(
    store: sqlite3.Connection,
    run: int,
    places: Places,
    settings_of: Callable[[str], Settings],
    settings: Iterable[Settings],
) -> Tally:
    """The counts of the audit that was just made with this store.

    Args:
        store: the store.
        run: the audit.
        places: the names of files in it.
        settings_of: gives the settings of a file by its path; they say which findings count, and how grave they are.
        settings: all that it gives for the files of the audit.
    """
    files, read, unchanged, skipped, vanished = store.execute(
        "SELECT files, read, unchanged, skipped, vanished FROM runs WHERE id = ?", (run,)
    ).fetchone()
    new, changed = store.execute(
        "SELECT count(*) FILTER (WHERE status_before IS NULL), count(*) FILTER (WHERE status_before IS NOT NULL) "
        "FROM changes WHERE run = ? AND status_after <> 'vanished'",
        (run,),
    ).fetchone()
    if all(map(hides_nothing, settings)):
        rules = [RuleCount(*row) for row in store.execute(BY_RULE)]
        severities = {str(one): _sum(rules, str(one)) for one in Severity}
    else:
        rules, severities = _as_shown(store, settings_of, places)
    failed = store.execute(
        "SELECT path, error FROM current JOIN temp.met ON place = path WHERE status = 'error' ORDER BY path"
    )
    gone = store.execute("SELECT path FROM changes WHERE run = ? AND status_after = 'vanished' ORDER BY path", (run,))
    return Tally(
        files, read, unchanged, skipped, new, changed, vanished, severities,
        rules=tuple(rules),
        failed=tuple((places.path(path), error) for path, error in failed),
        gone=tuple(places.path(path) for (path,) in gone),
    )  # fmt: skip


def _sum(rules: Iterable[RuleCount], severity: str) -> int:
    return sum(rule.findings for rule in rules if rule.severity == severity)


def _as_shown(
    store: sqlite3.Connection, settings_of: Callable[[str], Settings], places: Places
) -> tuple[list[RuleCount], dict[str, int]]:
    """How often each rule fires, and the number of findings of each severity, under settings that hide some."""
    findings: Counter[tuple[str, str]] = Counter()
    files: Counter[tuple[str, str]] = Counter()
    met = "path IN (SELECT place FROM temp.met)"
    for _, diagnostics in shown_findings(store, settings_of, places.path, met):
        own = Counter((one.rule, str(one.severity)) for one in diagnostics)
        findings += own
        files.update(own.keys())
    counts = (RuleCount(*key, findings[key], files[key]) for key in findings)
    rules = sorted(counts, key=lambda one: (-one.files, -one.findings, one.rule, one.severity))
    return rules, {str(severity): _sum(rules, str(severity)) for severity in Severity}


def plain(tally: Tally) -> dict[str, Any]:
    """The counts as plain data."""
    return {
        **{
            name: getattr(tally, name)
            for name in ("files", "read", "unchanged", "skipped", "new", "changed", "vanished")
        },
        "findings": tally.findings,
        "rules": [rule._asdict() for rule in tally.rules],
        "failed": [{"path": path, "error": error} for path, error in tally.failed],
        "gone": list(tally.gone),
    }
