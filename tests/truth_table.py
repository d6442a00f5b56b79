"""Print how lstmlint's shapes and counts compare with real Keras, by layer class: `python -m tests.truth_table`.

Over the fixtures, and over the corpus of public files where it lies beside the checkout.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator

from tabulate import tabulate

import lstmlint
from lstmlint.document import NotAModelError, UnreadableError
from tests.truth import CORPUS, Comparison, Verdict, compare, corpus_truth, fixture_truth


def fixture_comparisons() -> Iterator[Comparison]:
    for path, truth in fixture_truth():
        yield from compare(path.name, lstmlint.load(str(path)), truth)


def corpus_comparisons() -> Iterator[Comparison]:
    for entry, truth in corpus_truth():
        try:
            model = lstmlint.load(str(CORPUS / entry["file"]))
        except (NotAModelError, UnreadableError):
            continue
        if truth.get("truth") and model.graph is not None:
            yield from compare(entry["id"], model, truth["truth"], truth.get("no_truth_after_lambda") or ())


def table(comparisons: list[Comparison]) -> str:
    """Right, unknown and wrong values by layer class, and each wrong one."""
    by_class: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for comparison in comparisons:
        by_class[comparison.class_name][comparison.verdict] += 1
    rows = [[name, *(counts[verdict] for verdict in Verdict)] for name, counts in sorted(by_class.items())]
    rows.append(["total", *(sum(counts[verdict] for counts in by_class.values()) for verdict in Verdict)])
    wrong = [c for c in comparisons if c.verdict is Verdict.WRONG]
    lines = [f"wrong: {c.file} {c.layer} ({c.class_name}) {c.what}: {c.ours}, Keras says {c.theirs}" for c in wrong]
    return "\n".join([tabulate(rows, headers=["Layer class", *Verdict]), *lines])


def main() -> None:
    sections = {"fixtures": fixture_comparisons}
    if CORPUS.exists():
        sections["corpus"] = corpus_comparisons
    for title, comparisons in sections.items():
        sys.stdout.write(f"{title}\n{table(list(comparisons()))}\n\n")


if __name__ == "__main__":
    main()
