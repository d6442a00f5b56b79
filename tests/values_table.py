"""Print what the rules on stored values say of controls and of public files: `python -m tests.values_table`.

The controls lie beside the checkout with a list of what each must and must not have; the first table holds every rule
against it. The second table counts the findings on the files of the corpus that hold their values, and each hit of a
warning or an error is printed to be read.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from tabulate import tabulate

from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.finding import Diagnostic
from lstmlint.linting.causes import singles
from lstmlint.linting.rule import rules
from lstmlint.pipeline import analyze
from lstmlint.settings.presets import VALUES
from lstmlint.settings.settings import Settings
from tests.support.truth import CORPUS, corpus_truth

#: The controls, trained for the purpose by Keras.
CONTROLS = CORPUS.parent / "values" / "controls"

ASKED = Settings(select=(VALUES,))

#: By pattern of names: the rule that must fire, and those that may as well. A name that no pattern matches must be
#: silent. The patterns are those of the list beside the controls.
EXPECTED: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("*-untrained*", "never-trained", frozenset()),
    ("*-lr0.*", "never-trained", frozenset()),
    ("*-frozen.*", "never-trained", frozenset()),
    ("onestep-*", "recurrent-kernel-never-used", frozenset()),
    ("*-exploded-nan.*", "nonfinite-weights", frozenset()),
    ("*-relu-hot.*", "nonfinite-weights", frozenset()),
    ("mut-one-nan.*", "nonfinite-weights", frozenset()),
    ("mut-one-inf-dense.*", "nonfinite-weights", frozenset()),
    ("*-exploded-adam10.*", "exploded-weights", frozenset({"duplicate-units"})),
    ("*-l2-collapsed.*", "collapsed-recurrence", frozenset()),
    ("*-l1-sparse.*", "collapsed-recurrence", frozenset()),
    ("text-*", "embedding-rows-never-trained", frozenset()),
    ("seq2seq-decoder-fresh-embedding.*", "never-trained", frozenset()),
    ("mut-dead-*", "dead-units", frozenset({"pruned-weights"})),
    ("mut-duplicate-unit.*", "duplicate-units", frozenset()),
    ("mut-pruned80.*", "pruned-weights", frozenset()),
    ("mut-int8-lattice.*", "quantized-lattice", frozenset({"pruned-weights"})),
    ("mut-denormals.*", "denormals", frozenset()),
    ("mut-float16-overflow.*", "float16-overflow", frozenset({"exploded-weights"})),
    ("mut-forget-always-open.*", "gate-stuck", frozenset()),
    ("mut-output-gate-shut-*", "gate-stuck", frozenset()),
    ("mut-bn-*", "batchnorm-variance", frozenset()),
)


@dataclass(frozen=True, slots=True)
class Control:
    """A control: the rule that must fire on it, those that may, and those that fired."""

    name: str
    expected: str
    allowed: frozenset[str]
    fired: frozenset[str]

    @property
    def is_met(self) -> bool:
        wanted = {self.expected} if self.expected else set()
        return wanted <= self.fired <= wanted | self.allowed


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding on a file of the corpus."""

    file: str
    repository: str
    diagnostic: Diagnostic

    def __str__(self) -> str:
        finding = self.diagnostic.finding
        return (
            f"{self.file} ({self.repository}): {self.diagnostic.severity}: {finding.location.layer}: {finding.message}"
        )


def findings(path: Path) -> list[Diagnostic]:
    """The single findings of the rules on values on a file."""
    try:
        return list(singles(analyze(str(path), settings=ASKED).diagnostics))
    except (NotAModelError, UnreadableError):
        return []


@cache
def controls() -> tuple[Control, ...]:
    """Every control with what was said of it."""

    def judged() -> Iterator[Control]:
        for path in sorted(CONTROLS.iterdir()):
            _, rule, allowed = next((one for one in EXPECTED if fnmatch(path.name, one[0])), ("", "", frozenset()))
            yield Control(path.name, rule, allowed, frozenset(one.rule for one in findings(path)))

    return tuple(judged())


@cache
def with_values() -> dict[str, str]:
    """The repositories of the files of the corpus that hold their values, by file."""
    return {entry["file"]: entry["repo"] for entry, _ in corpus_truth() if not entry["skeleton"]}


@cache
def hits() -> tuple[Hit, ...]:
    """Every finding on the corpus."""
    return tuple(
        Hit(Path(file).stem, repository, diagnostic)
        for file, repository in with_values().items()
        for diagnostic in findings(CORPUS / file)
    )


def control_rows() -> Iterator[list[object]]:
    """A row for each rule: how many controls must have it and do, how many must not and do not."""
    for rule in (rule for rule in rules().values() if rule.category == VALUES):
        must = [one for one in controls() if one.expected == rule.name]
        may = [one for one in controls() if rule.name in one.allowed]
        silent = [one for one in controls() if one not in must and one not in may]
        yield [
            rule.name,
            f"{sum(rule.name in one.fired for one in must)} of {len(must)}",
            f"{sum(rule.name not in one.fired for one in silent)} of {len(silent)}",
        ]


def corpus_rows() -> Iterator[list[object]]:
    """A row for each rule: findings, files and repositories of the corpus."""
    by_rule: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits():
        by_rule[hit.diagnostic.rule].append(hit)
    for rule in (rule for rule in rules().values() if rule.category == VALUES):
        found = by_rule[rule.name]
        files, repositories = {hit.file for hit in found}, {hit.repository for hit in found}
        yield [rule.name, str(rule.severity), len(found), len(files), len(repositories)]


def main() -> None:
    missed = [one for one in controls() if not one.is_met]
    sys.stdout.write(f"{len(controls())} controls, {len(controls()) - len(missed)} as they must be\n")
    sys.stdout.write(tabulate(list(control_rows()), headers=["Rule", "Fires where it must", "Silent elsewhere"]) + "\n")
    sys.stdout.writelines(f"{one.name}: {sorted(one.fired)}, not {one.expected or 'silent'}\n" for one in missed)
    repositories = set(with_values().values())
    sys.stdout.write(f"\n{len(with_values())} files of {len(repositories)} repositories that are no skeletons\n")
    headers = ["Rule", "Severity", "Findings", "Files", "Repositories"]
    sys.stdout.write(tabulate(list(corpus_rows()), headers=headers) + "\n\n")
    sys.stdout.writelines(f"{hit.diagnostic.rule}: {hit}\n" for hit in hits())


if __name__ == "__main__":
    main()
