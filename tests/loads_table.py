"""Print how often the verdicts of `lstmlint loads` agree with real Keras, as a confusion table.

    python -m tests.loads_table [--corpus FOLDER] [--grid] [--wrong] [--target keras-3.15]

The files are those of a corpus or, with `--grid`, the fixtures, whose truth is in `tests/data/loads.jsonl`.

A refusal counts as right only where its first obstacle has the error that real Keras printed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lstmlint import readers
from lstmlint.ir.document import Container, NotAModelError, UnreadableError
from lstmlint.keras.versions import TARGETS
from lstmlint.pipeline import model_of
from lstmlint.portability.obstacle import DUMP
from lstmlint.portability.verdict import Outcome, Verdict, verdict
from tests.support.truth import ROOT

#: The versions of the corpus, by the names of its environments.
VERSIONS = {"keras-3.15": "k3", "tf-keras-2.15": "k215", "keras-2.3": "k23"}

#: The outcomes of loading a file. No Keras was asked to compile files of the corpus.
LOADS, UNCOMPILED, FAILS, LOADS_AT_ALL = "loads", "with compile=False", "fails", "loads, maybe uncompiled"
SAID = {Outcome.FAILS: FAILS, Outcome.UNCOMPILED: UNCOMPILED}

#: Kinds of wrong verdicts that have their own column.
OTHER_CAUSE, UNREAD = "same, for other cause", "unread"

#: The entry of the corpus for a loader that was stopped before it ran bytecode; its own answer is unknown.
BLOCKED = "marshal.loads blocked"

#: What follows a message of which the rest was not kept, and how much of one the grid keeps.
CUT, LONGEST = " ...", 1000

#: Truths that Keras contradicts when it is asked again, with its new answers, and what a Keras that was stopped is.
MISTAKEN = {
    "'NoneType' object has no attribute 'get'": "Could not locate class",
    "by signal 14": "it never ends",
    "keras.models has no model_from_yaml": "module 'keras.models' has no attribute 'model_from_yaml'",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A file with the answer of real Keras. `truth` is its outcome, with compiling where it was asked to compile."""

    name: str
    path: str
    target: str
    truth: str
    message: str
    is_config: bool
    weights: str = ""


def corpus(folder: Path) -> Iterator[Case]:
    """The files that real Keras judged; a weights file is judged with the architecture that belongs to it."""
    lines = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    files = {line["id"]: line["file"] for line in lines}
    pairs = {
        pair["weights"]: pair["arch"] for pair in map(json.loads, (folder / "pairs.jsonl").read_text().splitlines())
    }
    for line in (folder / "truth.jsonl").read_text().splitlines():
        truth = json.loads(line)
        name = truth["id"]
        is_weights = truth["format"] == "h5-weights"
        if is_weights and name not in pairs:
            continue
        path = str(folder / files[pairs[name] if is_weights else name])
        for target, version in VERSIONS.items():
            said = truth["verdicts"].get(version)
            message = ((said or {}).get("load_error") or {}).get("message", "")
            if said is not None and BLOCKED not in message:
                is_config = truth["format"] in ("tfjs", "savedmodel-metadata", "h5-weights")
                weights = str(folder / files[name]) if is_weights else ""
                yield Case(name, path, target, LOADS_AT_ALL if said["load"] else FAILS, message, is_config, weights)


def grid(folder: Path) -> Iterator[Case]:
    """The fixtures and the packed small models, which are unpacked into a folder, with the answers of real Keras."""
    head, *lines = map(json.loads, (ROOT / "tests/data/loads.jsonl").read_text(encoding="utf-8").splitlines())
    for archive in sorted((ROOT / "fixtures/loads").glob("*.tar.xz")):
        with tarfile.open(archive) as packed:
            packed.extractall(folder / "loads" / archive.name.removesuffix(".tar.xz"), filter="data")
    for line in lines:
        name = line["file"]
        path = folder / name if name.startswith("loads/") else ROOT / "fixtures" / name
        for version, said in zip(head["versions"], line["says"], strict=True):
            target = version.rpartition(".")[0]
            if said != "?":
                truth = FAILS if isinstance(said, list) else LOADS if said is None else UNCOMPILED
                number = said[-1] if isinstance(said, list) else said
                text = "" if number is None else head["messages"][number]
                message = text.partition(": ")[2] + (CUT if len(text) >= LONGEST else "")
                yield Case(name, str(path), target, truth, message, is_config=False)


def judged(case: Case) -> Verdict | str:
    """The verdict on a case, or the reason why there is none."""
    try:
        document = readers.read(case.path)
        if case.is_config:  # the corpus asked Keras for the config in it
            document = replace(document, container=Container.JSON)
        if case.weights:
            stored = readers.read(case.weights)
            document = replace(document, stored=stored.stored, stored_by=stored.stored_by)
        return verdict(model_of(document), TARGETS[case.target])
    except (UnreadableError, NotAModelError) as error:
        return f"unread: {error}"


def same_cause(said: str, case: Case) -> bool:
    """Whether the text of an obstacle is what Keras printed, as far as the corpus keeps it."""
    for wrong, real in MISTAKEN.items():
        if wrong in case.message:
            return said.startswith(real)
    said, truth = said.replace(case.path, Path(case.path).name), case.message.replace("CONFIG", DUMP)
    said = re.sub(r"((?:config|Config|object): ?)[\[{](?!…).*", rf"\1{DUMP}", said, flags=re.DOTALL)
    said, truth = " ".join(said.split()), " ".join(truth.split())
    if not truth.endswith(CUT):
        return re.match(".*?".join(map(re.escape, said.split(DUMP))), truth) is not None
    return begins(said.split(DUMP), truth.removesuffix(CUT))


def begins(pieces: list[str], kept: str) -> bool:
    """Whether the pieces of a message stand in what is kept of the truth in this order, as far as that goes.

    A config that is printed in full may be all that follows.
    """
    at = 0
    for number, piece in enumerate(pieces):
        found = kept.find(piece, at)
        if number == 0 and found != 0:
            return piece.startswith(kept)
        if found < 0:
            return True
        at = found + len(piece)
    return True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--grid", action="store_true", help="judge the fixtures instead")
    parser.add_argument("--wrong", action="store_true", help="print the wrong verdicts")
    parser.add_argument("--target", choices=TARGETS, action="append")
    options = parser.parse_args(arguments)
    counts: Counter[tuple[str, str, str]] = Counter()
    right: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        cases = list(grid(Path(folder)) if options.grid else corpus(options.corpus))
        _count(cases, options, counts, right)
    _print(counts, right)
    return 0


def _count(
    cases: list[Case], options: argparse.Namespace, counts: Counter[tuple[str, str, str]], right: Counter[str]
) -> None:
    for case in cases:
        if options.target and case.target not in options.target:
            continue
        found = judged(case)
        said = UNREAD if isinstance(found, str) else SAID.get(found.outcome, LOADS)
        told = found if isinstance(found, str) else found.reason.message if found.reason else ""
        is_like = said == case.truth or (case.truth == LOADS_AT_ALL and said in (LOADS, UNCOMPILED))
        is_right = is_like and (case.truth not in (FAILS, UNCOMPILED) or same_cause(told, case))
        label = said if is_right or not is_like else OTHER_CAUSE
        counts[case.target, case.truth, label] += 1
        right[case.target] += is_right
        if options.wrong and not is_right:
            print(f"{case.target} {case.name} {case.path}")
            print(f"  Keras: {case.message[:300]!r}\n  said:  {said}: {told[:300]!r}")


def _print(counts: Counter[tuple[str, str, str]], right: Counter[str]) -> None:
    columns = (LOADS, UNCOMPILED, FAILS, OTHER_CAUSE, UNREAD)
    print(f"{'target':<15} {'Keras':<22} " + " ".join(f"{column:>22}" for column in columns))
    for target, truth in sorted({key[:2] for key in counts}):
        row: list[Any] = [counts[target, truth, column] for column in columns]
        print(f"{target:<15} {truth:<22} " + " ".join(f"{count:>22}" for count in row))
    for target, count in right.items():
        total = sum(number for key, number in counts.items() if key[0] == target)
        print(f"{target}: {count} of {total} right ({count / total:.1%})")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
