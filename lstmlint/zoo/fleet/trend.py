"""The trend since the audit before: files that came, went or changed, and those that got worse or better by it."""

from __future__ import annotations

from typing import NamedTuple

from lstmlint.zoo.answers import State
from lstmlint.zoo.asking import shown_findings
from lstmlint.zoo.fleet.causes import harm_of, troubles_in
from lstmlint.zoo.fleet.zoo import LOADING, Zoo, loading_of


class Change(NamedTuple):
    """A file that was read in two audits with different results, and the harm in it (`causes`) before and after."""

    path: str
    before: int
    after: int


class Trend(NamedTuple):
    """The changes that the last finished audit saw, and the times of it and of the one before, in UTC.

    `came` were not there before, `went` are gone, `changed` are there with another content, error or judgement; `worse`
    and `better` are those among them in which there is more or less harm than before.
    """

    before: str
    after: str
    came: tuple[str, ...]
    went: tuple[str, ...]
    changed: tuple[str, ...]
    worse: tuple[Change, ...]
    better: tuple[Change, ...]


AUDITS = "SELECT id, started FROM runs WHERE finished IS NOT NULL ORDER BY id DESC LIMIT 2"

CHANGES = "SELECT path, status_before, status_after, error_before, error_after FROM changes WHERE run = ? ORDER BY path"

#: The columns of `current_findings` and `current_verdicts` that are asked for, of one side of the changes of an audit.
FINDINGS = "(SELECT c.path, d.* FROM changes c JOIN findings d ON d.model_id = c.model_{side} WHERE c.run = {run})"
VERDICTS = (
    f"SELECT path, {LOADING} FROM changes c JOIN verdicts v ON v.model_id = c.model_{{side}} "
    "LEFT JOIN obstacles o ON o.id = v.obstacle_id WHERE c.run = ? ORDER BY path"
)


def trend(zoo: Zoo) -> Trend | None:
    """The changes that the last audit saw; `None` before the second one."""
    audits = zoo.store.execute(AUDITS).fetchall()
    if len(audits) < 2:
        return None
    (run, after), (_, before) = audits
    rows = [(zoo.places.path(place), *rest) for place, *rest in zoo.store.execute(CHANGES, (run,))]
    gone = State.VANISHED
    there = [row for row in rows if row[1] not in (None, gone) and row[2] != gone]
    changed = tuple(path for path, *_ in there)
    old = _harm(zoo, run, "before", {path: error for path, _, _, error, _ in there})
    new = _harm(zoo, run, "after", {path: error for path, _, _, _, error in there})
    changes = [Change(path, old[path], new[path]) for path in changed]
    return Trend(
        before, after,
        came=tuple(path for path, was, now, *_ in rows if was in (None, gone) and now != gone),
        went=tuple(path for path, _, now, *_ in rows if now == gone),
        changed=changed,
        worse=tuple(one for one in changes if one.after > one.before),
        better=tuple(one for one in changes if one.after < one.before),
    )  # fmt: skip


def _harm(zoo: Zoo, run: int, side: str, errors: dict[str, str]) -> dict[str, int]:
    """The harm in each changed file on one side of an audit, judged by the settings of today."""
    source = FINDINGS.format(side=side, run=run)
    findings = dict(shown_findings(zoo.store, zoo.settings_of, zoo.places.path, source=source))
    loading = loading_of(zoo.places, zoo.store.execute(VERDICTS.format(side=side), (run,)))
    return {
        path: harm_of(troubles_in(error, findings.get(path, ()), loading.get(path, ()), zoo.newest))
        for path, error in errors.items()
    }
