"""Print how many findings healthy public models have: `python -m tests.findings_per_model`.

A row has the median, the 90th percentile and the maximum of findings for each model, without and with a target: single
findings, and findings of one cause as one. `--most N` lists the N models with the most findings, and `--repeats` those
in which one rule still has several findings.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from tabulate import tabulate

from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.finding import Diagnostic
from lstmlint.linting.causes import singles
from lstmlint.pipeline import analyze
from lstmlint.settings.settings import Settings
from tests.rule_rates import healthy
from tests.support.truth import CORPUS, corpus_truth

#: The targets for which a file is judged.
TARGETS: tuple[tuple[str, ...], ...] = ((), ("keras-3.15",))

HEADERS = ["Target", "Findings", "Models", "Median", "90th percentile", "Most", "All"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A healthy model and its findings."""

    file: str
    diagnostics: tuple[Diagnostic, ...]

    @property
    def number(self) -> int:
        return len(self.diagnostics)

    @property
    def number_of_singles(self) -> int:
        return len(list(singles(self.diagnostics)))

    @property
    def repeats(self) -> dict[str, int]:
        """The rules with several findings, and the number of findings of each."""
        counts = Counter(diagnostic.rule for diagnostic in self.diagnostics)
        return {rule: count for rule, count in counts.items() if count > 1}


@cache
def judged(target: tuple[str, ...]) -> tuple[Judged, ...]:
    """The healthy models of the corpus, the most findings first."""
    return tuple(sorted(_judged(target), key=lambda one: -one.number))


def _judged(target: tuple[str, ...]) -> Iterator[Judged]:
    for entry, _ in corpus_truth():
        if entry["id"] in healthy():
            try:
                analysis = analyze(str(CORPUS / entry["file"]), settings=Settings(target=target))
            except (NotAModelError, UnreadableError):
                continue
            yield Judged(entry["id"], analysis.diagnostics)


def quantile(numbers: Sequence[int], share: float) -> int:
    """The number below which a share of the numbers lies."""
    return sorted(numbers)[int(len(numbers) * share)]


def rows() -> Iterator[list[object]]:
    """Two rows for each target: one counts single findings, one counts causes."""
    for target in TARGETS:
        models = judged(target)
        for name, numbers in (
            ("one by one", [model.number_of_singles for model in models]),
            ("one a cause", [model.number for model in models]),
        ):
            figures = [quantile(numbers, 0.5), quantile(numbers, 0.9), max(numbers), sum(numbers)]
            yield [", ".join(target) or "none", name, len(models), *figures]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--repeats", action="store_true")
    options = parser.parse_args(arguments)
    sys.stdout.write(tabulate(list(rows()), headers=HEADERS) + "\n")
    for target in TARGETS:
        listed = [model for model in judged(target) if options.repeats and model.repeats]
        for model in dict.fromkeys([*judged(target)[: options.most], *listed]):
            sys.stdout.write(f"\n{model.file} against {', '.join(target) or 'nothing'}: {model.number}\n")
            for diagnostic in model.diagnostics:
                finding = diagnostic.finding
                sys.stdout.write(f"  {diagnostic.rule}: {finding.location.layer}: {finding.message}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
