"""Print how lstmlint's shapes and counts compare with real Keras, by layer class: `python -m tests.truth_table`.

The files are the fixtures, and the corpus of public files where it lies beside the checkout. A second table counts the
reasons of all unknown values, over every layer that lstmlint lists, also nested and wrapped layers.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tabulate import tabulate

import lstmlint
from lstmlint.inference.answers import DEFECT
from lstmlint.inference.recognize import UNKNOWN_TRAINABLE
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, unknowns
from tests.support.truth import CORPUS, FIXTURES, Comparison, Verdict, compare, corpus_truth, fixture_truth

#: Pattern of a sentence -> the kind of the reason, the first that matches; refusals of Keras itself come before them.
KINDS: Mapping[str, str] = {
    re.escape(DEFECT): "a defect of lstmlint",
    "is not a built-in layer": "a custom layer",
    "is not an operation": "an unknown operation",
    re.escape(UNKNOWN_TRAINABLE.reason): "weights without their layer",
    "Lambda": "code in the file, which is not run",
    "quantized": "a quantized layer",
    "never called|missing from the graph": "no call in the graph",
    "": "the file does not tell",
}

REFUSED = "Keras would refuse it"


@dataclass(frozen=True, slots=True)
class Known:
    """A file with a model, and the answer of Keras where there is one."""

    name: str
    model: Model
    truth: Mapping[str, Any]
    skipped: tuple[str, ...] = ()

    def comparisons(self) -> Iterator[Comparison]:
        if self.truth and self.model.graph is not None:
            yield from compare(self.name, self.model, self.truth, self.skipped)


def fixtures() -> Iterator[Known]:
    truths = dict(fixture_truth())
    for path in sorted(FIXTURES.glob("keras-*/*")):
        yield Known(f"{path.parent.name}/{path.name}", lstmlint.load(str(path)), truths.get(path, {}))


def corpus() -> Iterator[Known]:
    for entry, truth in corpus_truth():
        try:
            model = lstmlint.load(str(CORPUS / entry["file"]))
        except (NotAModelError, UnreadableError):
            continue
        skipped = tuple(truth.get("no_truth_after_lambda") or ())
        yield Known(entry["id"], model, truth.get("truth") or {}, skipped)


def verdict_table(comparisons: list[Comparison]) -> str:
    """Right, unknown and wrong values by layer class, and each wrong one."""
    by_class: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for comparison in comparisons:
        by_class[comparison.class_name][comparison.verdict] += 1
    rows = [[name, *(counts[verdict] for verdict in Verdict)] for name, counts in sorted(by_class.items())]
    rows.append(["total", *(sum(counts[verdict] for counts in by_class.values()) for verdict in Verdict)])
    wrong = [c for c in comparisons if c.verdict is Verdict.WRONG]
    lines = [f"wrong: {c.file} {c.layer} ({c.class_name}) {c.what}: {c.ours}, Keras says {c.theirs}" for c in wrong]
    return "\n".join([tabulate(rows, headers=["Layer class", *Verdict]), *lines])


def reason_table(files: Iterable[Known]) -> str:
    """The numbers of layers and files with unknown values, by the kind of the reason."""
    layers: dict[str, set[tuple[str, int]]] = defaultdict(set)
    kinds: dict[str, str] = {}
    count = 0
    for known in files:
        for number, layer in enumerate(known.model.all_layers):
            count += 1
            for unknown in unknown_values(layer):
                layers[unknown.reason].add((known.name, number))
                kinds[unknown.reason] = REFUSED if kinds.get(unknown.reason) == REFUSED else kind(unknown)
    unknown_layers = set().union(*layers.values())
    ranked = sorted(layers.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [[kinds[reason], reason, len(places), len({name for name, _ in places})] for reason, places in ranked]
    rows.append(["total", f"of {count:,} layers", len(unknown_layers), len({name for name, _ in unknown_layers})])
    return tabulate(rows, headers=["Kind", "Reason", "Layers", "Files"])


def unknown_values(layer: Layer) -> Iterator[Unknown]:
    """Every unknown value of a layer: counts and output shapes."""
    for count in (layer.params, layer.trainable_params):
        if isinstance(count, Unknown):
            yield count
    for call in layer.calls:
        yield from unknowns(call.outputs)


def kind(unknown: Unknown) -> str:
    if unknown.is_refusal:
        return REFUSED
    return next(name for pattern, name in KINDS.items() if re.search(pattern, unknown.reason))


SECTIONS: Mapping[str, Callable[[], Iterator[Known]]] = {
    "fixtures": fixtures,
    **({"corpus": corpus} if CORPUS.exists() else {}),
}


def tables(section: str, files: list[Known]) -> str:
    comparisons = [comparison for known in files for comparison in known.comparisons()]
    parts = [f"{section}: {len(files)} files", verdict_table(comparisons), "Why something is unknown:"]
    return "\n\n".join([*parts, reason_table(files)])


def main() -> None:
    for section, files in SECTIONS.items():
        sys.stdout.write(f"{tables(section, list(files()))}\n\n")


if __name__ == "__main__":
    main()
