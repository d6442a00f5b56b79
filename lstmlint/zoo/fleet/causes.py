"""The causes of trouble in a zoo with the files that share them, ranked by harm, and the harm in each file.

The harm of a cause is its weight times the files that share it; the harm in a file is the sum of the weights of its
causes.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from lstmlint.fixing.hints import hint
from lstmlint.ir.finding import SEVERITIES, Diagnostic, Severity
from lstmlint.linting.causes import singles, words
from lstmlint.linting.rule import rules
from lstmlint.portability.verdict import Outcome
from lstmlint.running.terminal import fit
from lstmlint.settings.presets import PORTABILITY
from lstmlint.zoo.fleet.zoo import File, Loading, Zoo


class Kind(StrEnum):
    """The kinds of trouble: a rule has a finding, the newest Keras does not load a file as it is, it is unreadable."""

    FINDING = "finding"
    LOADING = "loading"
    UNREADABLE = "unreadable"


#: The harm in one file by the severity of a finding.
HARM = {Severity.ERROR: 100, Severity.WARNING: 10, Severity.NOTE: 1}

#: The harm in one file that cannot be read.
UNREADABLE = 100

#: The harm in one file by its outcome in the newest Keras: other Kerases may load it.
LOADING = {
    Outcome.LOADS: 0, Outcome.FORGETS: 1, Outcome.DIFFERS: 10, Outcome.UNCOMPILED: 1, Outcome.UNCALLABLE: 10,
    Outcome.FAILS: 10,
}  # fmt: skip

#: Containers that a repaired file has as well; others become `.keras`.
OWN_SUFFIXES = (".json", ".h5", ".keras")


class Trouble(NamedTuple):
    """One cause in one file; troubles of several files with the same `key` are one cause."""

    key: tuple[str, ...]
    kind: Kind
    rule: str
    category: str
    severity: str
    outcome: str
    message: str
    cure: str
    is_mended: bool
    weight: int


class Cause(NamedTuple):
    """A cause of trouble, and the files that share it.

    `rule`, `category` and `severity` are those of findings, `outcome` that of the newest Keras; they are empty where
    they do not apply. `message` and `cure` are those of the first file: names and numbers in them differ in others.
    `is_mended` says that `lstmlint fix` has repairs for it, and `command` makes them, for several files together with
    the other repairs in their folder. `harm` is the `weight` of one file times the files.
    """

    kind: str
    rule: str
    category: str
    severity: str
    outcome: str
    summary: str
    message: str
    cure: str
    is_mended: bool
    command: str
    weight: int
    harm: int
    files: tuple[str, ...]


def troubles_of(zoo: Zoo) -> dict[str, tuple[Trouble, ...]]:
    """The causes of trouble in each file by its path, each once."""
    return {
        file.path: troubles_in(
            file.error, zoo.findings.get(file.path, ()), zoo.loading.get(file.path, ()), zoo.newest
        )
        for file in zoo.files
    }  # fmt: skip


def troubles_in(
    error: str, findings: Iterable[Diagnostic], loading: Iterable[Loading], newest: str
) -> tuple[Trouble, ...]:
    """The causes of trouble in one file, each once.

    Args:
        error: why it cannot be read, or nothing.
        findings: what is shown of its findings.
        loading: its verdicts.
        newest: the name of the newest Keras, if there are verdicts for it.
    """
    if error:
        return (_unreadable(error),)
    told = [_found(one, is_judged=bool(newest)) for one in singles(findings)]
    refused = {one.rule for one in told if one.category == PORTABILITY and one.weight}
    judged = [one for one in loading if one.target == newest and not one.is_of_weights_alone and one.rule]
    told += [_loaded(one) for one in judged if one.rule not in refused]
    return tuple({one.key: one for one in reversed(told)}.values())[::-1]


def harm_of(troubles: Iterable[Trouble]) -> int:
    """The harm in a file."""
    return sum(one.weight for one in troubles)


def causes(files: Iterable[File], troubles: Mapping[str, tuple[Trouble, ...]]) -> tuple[Cause, ...]:
    """Every cause with the files that share it, the most harmful first."""
    first: dict[tuple[str, ...], Trouble] = {}
    sharing: dict[tuple[str, ...], list[File]] = {}
    for file in files:
        for one in troubles[file.path]:
            first.setdefault(one.key, one)
            sharing.setdefault(one.key, []).append(file)
    shared = (_cause(one, sharing[key]) for key, one in first.items())
    return tuple(sorted(shared, key=lambda one: (-one.harm, -len(one.files), one.rule, one.message)))


def by_severity(ranked: Iterable[Cause]) -> Iterator[Cause]:
    """The causes that are findings, the gravest first, then those of most files."""
    order = [str(severity) for severity in reversed(SEVERITIES)]
    found = [one for one in ranked if one.kind == Kind.FINDING]
    yield from sorted(found, key=lambda one: (order.index(one.severity), -len(one.files), one.rule))


def _cause(one: Trouble, files: list[File]) -> Cause:
    rule = rules().get(one.rule)
    return Cause(
        kind=str(one.kind), rule=one.rule, category=one.category, severity=one.severity, outcome=one.outcome,
        summary=rule.summary if rule and one.kind is Kind.FINDING else "",
        message=one.message, cure=one.cure, is_mended=one.is_mended,
        command=command(files) if one.is_mended else "",
        weight=one.weight, harm=one.weight * len(files), files=tuple(file.path for file in files),
    )  # fmt: skip


def command(files: Sequence[File]) -> str:
    """The command that mends a file by writing a new one beside it, or all files of a folder into another one."""
    if len(files) > 1:
        folder = _folder_of(files)
        new = f"{folder}-fixed" if os.path.basename(folder) not in ("", os.curdir, os.pardir) else "fixed"
        return f"lstmlint fix {shlex.quote(fit(folder))} --output-dir {shlex.quote(fit(new))}"
    (file,) = files
    stem = os.path.splitext(file.path)[0]
    new = f"{stem}-fixed{file.suffix if file.suffix in OWN_SUFFIXES else '.keras'}"
    return f"lstmlint fix {shlex.quote(fit(file.path))} -o {shlex.quote(fit(new))}"


def _folder_of(files: Iterable[File]) -> str:
    """The folder that holds all of some files, named as they are."""
    folders = [os.path.dirname(file.path) for file in files]
    if len({os.path.isabs(folder) for folder in folders}) > 1:
        folders = list(map(os.path.abspath, folders))
    return os.path.commonpath(folders) or os.curdir


def _found(one: Diagnostic, *, is_judged: bool) -> Trouble:
    """A finding. Where the newest Keras is judged, notes on portability weigh nothing, for its verdict counts."""
    is_counted = is_judged and one.category == PORTABILITY and one.severity is Severity.NOTE
    is_mended = bool(hint(one.rule.replace("-", "_")))
    return Trouble(
        (Kind.FINDING, one.rule, one.severity, one.finding.cause), Kind.FINDING, one.rule, one.category,
        str(one.severity), "", one.finding.message, one.finding.help, is_mended,
        0 if is_counted else HARM[one.severity],
    )  # fmt: skip


def _loaded(one: Loading) -> Trouble:
    """An outcome in the newest Keras. All for which `lstmlint fix` has repairs is one cause: one command makes them."""
    cure = "write the file anew for today's Keras" if one.is_mended else one.cure
    key = (Kind.LOADING, one.outcome, "" if one.is_mended else one.rule, cure)
    rule = "" if one.is_mended else one.rule
    weight = LOADING[Outcome(one.outcome)]
    return Trouble(key, Kind.LOADING, rule, "", "", one.outcome, one.message, cure, one.is_mended, weight)


def _unreadable(error: str) -> Trouble:
    """A file that cannot be read; what differs from file to file is no part of the cause."""
    said, _, cure = error.rpartition("; ")
    key = (Kind.UNREADABLE, words(said, set()), cure)
    return Trouble(key, Kind.UNREADABLE, "", "", "", "", said or error, cure, is_mended=False, weight=UNREADABLE)
