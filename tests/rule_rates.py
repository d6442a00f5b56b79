"""Print how often each rule fires on the corpus of public files, with hits to read: `python -m tests.rule_rates`.

A file is healthy if it holds an architecture and at least one real Keras version loads it. Pedantic rules are asked
as well. `--hits N` prints N hits of each rule (default 3), `--rule NAME` all hits of one rule. The errors on the cases
beside the corpus come last, each with the judgement of a reader.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tabulate import tabulate

from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.finding import Diagnostic, Severity
from lstmlint.linting.causes import singles
from lstmlint.linting.rule import Persona, rules
from lstmlint.pipeline import analyze
from lstmlint.readers.files import targets
from lstmlint.settings.settings import Settings
from tests.support.truth import CASE_FOLDERS, CASES, CORPUS, ROOT, corpus_truth

#: The file with a reader's judgement of each hit of an error rule: rule, file (the identifier in the corpus, or the
#: path among the cases), layer, right or wrong, and the reason: what real Keras does, or what a hostile file holds.
JUDGEMENTS = ROOT / "tests" / "data" / "judgements.jsonl"

#: The key of a judged hit: rule, file, layer.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding on a file of the corpus, or of the cases, which have no repository."""

    file: str
    repository: str
    is_healthy: bool
    diagnostic: Diagnostic

    @property
    def layer(self) -> str:
        return self.diagnostic.finding.location.layer

    @property
    def key(self) -> Key:
        """The key by which a judgement of the hit is found."""
        return self.diagnostic.rule, self.file, self.layer

    @property
    def is_error(self) -> bool:
        return self.diagnostic.severity is Severity.ERROR

    def __str__(self) -> str:
        origin = f"{self.file} ({self.repository})" if self.repository else self.file
        return f"{origin}: {self.layer}: {self.diagnostic.finding.message}"


@cache
def healthy() -> frozenset[str]:
    """The files with an architecture that a real Keras loads."""
    return frozenset(entry["id"] for entry, truth in corpus_truth() if _is_healthy(entry, truth))


@cache
def hits() -> tuple[Hit, ...]:
    """Every finding of every rule, also of pedantic rules, on the corpus."""
    return tuple(
        Hit(entry["id"], entry["repo"], entry["id"] in healthy(), diagnostic)
        for entry, _ in corpus_truth()
        for diagnostic in _findings(CORPUS / entry["file"])
    )


@cache
def case_hits() -> tuple[Hit, ...]:
    """Every finding of every rule, also of pedantic rules, on the cases."""
    paths = [Path(target.path) for target in targets(list(map(str, CASE_FOLDERS)))]
    return tuple(
        Hit(path.relative_to(CASES).as_posix(), "", False, diagnostic)
        for path in paths
        for diagnostic in _findings(path)
    )


def _findings(path: Path) -> Iterator[Diagnostic]:
    try:
        analysis = analyze(str(path), settings=Settings(persona=Persona.PEDANTIC))
    except (NotAModelError, UnreadableError):
        return
    yield from singles(analysis.diagnostics)


def _is_healthy(entry: Mapping[str, Any], truth: Mapping[str, Any]) -> bool:
    return bool(entry.get("model_class")) and any(verdict.get("load") for verdict in truth["verdicts"].values())


def judgements() -> dict[Key, bool]:
    """Whether each judged hit is right, by rule, file and layer."""
    with JUDGEMENTS.open(encoding="utf-8") as lines:
        entries = map(json.loads, lines)
        return {(entry["rule"], entry["file"], entry["layer"]): entry["right"] for entry in entries}


def rows() -> Iterator[list[object]]:
    """A row for each rule: findings, files, repositories, share of healthy files, precision where hits are judged."""
    by_rule: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits():
        by_rule[hit.diagnostic.rule].append(hit)
    judged = judgements()
    for rule in rules().values():
        found = by_rule[rule.name]
        share = len({hit.file for hit in found if hit.is_healthy}) / len(healthy())
        verdicts = [judged[hit.key] for hit in found if hit.key in judged]
        precision = f"{sum(verdicts)} of {len(verdicts)}" if verdicts else ""
        files, repositories = {hit.file for hit in found}, {hit.repository for hit in found}
        persona = " (pedantic)" if rule.persona is Persona.PEDANTIC else ""
        yield [
            rule.category, rule.name, f"{rule.severity}{persona}",
            len(found), len(files), len(repositories), f"{share:.1%}", precision,
        ]  # fmt: skip


def errors_on_cases() -> Iterator[str]:
    """A line for each error on the cases: its judgement, if there is one, and the hit."""
    judged = judgements()
    words = {True: "right", False: "WRONG", None: "UNJUDGED"}
    for hit in case_hits():
        if hit.is_error:
            yield f"{words[judged.get(hit.key)]}: {hit.diagnostic.rule}: {hit}"


def share_of_warnings(rule: str) -> float:
    """The share of healthy files on which a rule gives a warning or an error by default."""
    if rules()[rule].persona is Persona.PEDANTIC:
        return 0.0
    files = {
        hit.file
        for hit in hits()
        if hit.diagnostic.rule == rule and hit.is_healthy and hit.diagnostic.severity is not Severity.NOTE
    }
    return len(files) / len(healthy())


HEADERS = ["Category", "Rule", "Severity", "Findings", "Files", "Repositories", "Of healthy files", "Judged right"]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hits", type=int, default=3)
    parser.add_argument("--rule")
    options = parser.parse_args(arguments)
    if options.rule:
        sys.stdout.writelines(f"{hit}\n" for hit in hits() if hit.diagnostic.rule == options.rule)
        return
    sys.stdout.write(f"{len(healthy())} healthy files\n{tabulate(list(rows()), headers=HEADERS)}\n")
    for rule in rules():
        some = [hit for hit in hits() if hit.diagnostic.rule == rule][: options.hits]
        sys.stdout.writelines([f"\n{rule}\n" if some else "", *(f"  {hit}\n" for hit in some)])
    sys.stdout.writelines(["\nErrors on the cases\n", *(f"  {line}\n" for line in errors_on_cases())])


if __name__ == "__main__":
    main(sys.argv[1:])
