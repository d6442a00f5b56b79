"""How often `lstmlint loads` and `lstmlint check` say of broken files what real Keras says.

    python -m tests.stored_table [--wrong] [--target keras-3.15] [--kind drop-tensor]

The files are made of the fixtures by the recipes in `tests/data/stored.jsonl`, which holds what every Keras says of
them (`fixtures/scripts/stored/`). A refusal counts as right only with the sentence of that Keras.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

from lstmlint import readers
from lstmlint.ir.document import Container, Document, NotAModelError, UnreadableError
from lstmlint.ir.finding import Severity
from lstmlint.keras.facts import facts_of
from lstmlint.keras.versions import NEWEST, Target, target_of
from lstmlint.linting.report import Status
from lstmlint.pipeline import Job, check, model_of
from lstmlint.portability import stored
from lstmlint.portability.loaders.context import Loading
from lstmlint.portability.obstacle import Stage
from lstmlint.portability.verdict import Outcome, Verdict, verdict
from lstmlint.readers.files import InputFile
from tests import loads_table
from tests.support.truth import ROOT

FIXTURES = ROOT / "fixtures"
DATA = ROOT / "tests/data/stored.jsonl"

#: The ways in which a file was loaded: as it is, with compile=False, its weights alone.
WHOLE, BARE, WEIGHTS = "whole", "bare", "weights"
WAYS = (WHOLE, BARE, WEIGHTS)

NOT_ASKED = "?"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a Keras says of one broken file in one way; no message where it loads."""

    recipe: Any
    target: str
    way: str
    message: str | None


@cache
def breaks() -> ModuleType:
    """The module that breaks files, which is a script."""
    path = FIXTURES / "scripts/stored/breaks.py"
    spec = util.spec_from_file_location("stored_breaks", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules["stored_breaks"] = module
    spec.loader.exec_module(module)
    return module


def answers() -> Iterator[Answer]:
    """Everything that was recorded."""
    head, *lines = map(json.loads, DATA.read_text(encoding="utf-8").splitlines())
    for line in lines:
        base, kind, at, other = line["recipe"]
        recipe = breaks().Recipe(head["bases"][base], kind, at, head["bases"][other] if other is not None else "")
        for version, said in zip(head["versions"], line["says"], strict=True):
            for way, number in zip(WAYS, said or (), strict=False):
                if number != NOT_ASKED:
                    message = None if number is None else head["messages"][number]
                    yield Answer(recipe, version.rpartition(".")[0], way, message)


class Workshop:
    """Makes broken files and reads them, each once; the newest stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._newest: tuple[Any, Path, Document | str] | None = None

    def document(self, recipe: Any) -> tuple[Path, Document | str]:
        """The file of a recipe, and what is read of it or why it is not."""
        if self._newest is None or self._newest[0] != recipe:
            path = self.folder / f"file{recipe.suffix}"
            breaks().made(recipe, FIXTURES, path)
            self._newest = (recipe, path, read(path))
        return self._newest[1:]

    def refusal(self, answer: Answer) -> str | None:
        """The message with which `loads` says that one way of loading fails; why a file is not read, if it is not."""
        _, document = self.document(answer.recipe)
        if isinstance(document, str):
            return document
        target = target_of(answer.target)
        if answer.way == WEIGHTS:
            return _weights_refusal(readers.read(str(FIXTURES / answer.recipe.base)), document, target)
        return refused_by(verdict(model_of(document), target), answer.way)


def _weights_refusal(healthy: Document, document: Document, target: Target) -> str | None:
    """What is said of the weights of a file for a healthy architecture, which is loaded already."""
    if document.stored is None:
        return "unread: holds no weights"
    document = replace(document, container=Container.JSON, config=healthy.config, keras_version=healthy.keras_version)
    found = stored.obstacles(Loading(model_of(document), target, facts_of(target)))
    return next((one.message for one in found if one.stage is Stage.LOAD), None)


def read(path: Path) -> Document | str:
    try:
        return readers.read(str(path))
    except (UnreadableError, NotAModelError) as error:
        return f"unread: {error}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What `loads` says beside the truth."""

    answer: Answer
    said: str
    is_same_verdict: bool
    is_same_sentence: bool


def judged(answer: Answer, workshop: Workshop) -> Judgement:
    """Whether verdict and sentence are those of Keras."""
    refusal = workshop.refusal(answer)
    is_same = (refusal is None) == (answer.message is None)
    if refusal is None or answer.message is None or refusal.startswith("unread: "):
        return Judgement(answer, refusal or "loads", is_same, is_same)
    path = workshop.document(answer.recipe)[0]
    message = answer.message.partition(": ")[2].replace("FILE", path.name)
    case = loads_table.Case("", str(path), answer.target, "", message, is_config=False)
    return Judgement(answer, refusal, True, loads_table.same_cause(refusal, case))


def refused_by(found: Verdict, way: str) -> str | None:
    """The message with which a verdict says that one way of loading fails."""
    fails = {Outcome.FAILS} | ({Outcome.UNCOMPILED} if way == WHOLE else set())
    return found.reason.message if found.reason is not None and found.outcome in fails else None


#: The categories whose rules say what is wrong with a file, whichever Keras reads it.
OF_THE_FILE = frozenset({"weights", "file", "shape"})


def said_by_check(path: Path) -> tuple[list[str], list[str]]:
    """What `check` says of a file itself, errors apart; why it reads no model in it counts as an error."""
    found = check(Job(InputFile(str(path))))
    own = [one for one in found.diagnostics if one.category in OF_THE_FILE]
    errors = [f"{one.rule}: {one.finding.message}" for one in own if one.severity is Severity.ERROR]
    return errors or ([found.error] if found.status is not Status.OK else []), [one.rule for one in own]


def contradictions(workshop: Workshop, target: str = NEWEST.name) -> Iterator[str]:
    """Files that `check` calls broken and `loads` does not, or that Keras refuses and `check` passes over.

    What is said of the version of Keras or of the name of the file is no contradiction.
    """
    for answer in answers():
        if answer.target != target or answer.way != BARE or answer.recipe.kind in breaks().SUFFIXES:
            continue
        path, _ = workshop.document(answer.recipe)
        errors, said = said_by_check(path)
        refused = workshop.refusal(answer)
        if errors and refused is None:
            yield f"{answer.recipe}: check says {errors[0]}, loads nothing"
        if not errors and not said and answer.message is not None:
            yield f"{answer.recipe}: check says nothing, Keras {answer.message[:200]}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="print what is wrong")
    parser.add_argument("--target", action="append")
    parser.add_argument("--kind", action="append")
    parser.add_argument("--check", action="store_true", help="print where check and loads contradict each other")
    options = parser.parse_args(arguments)
    counts: Counter[tuple[str, str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        if options.check:
            print("\n".join(contradictions(workshop)) or "no contradictions")
            return 0
        for answer in answers():
            if options.target and answer.target not in options.target:
                continue
            if options.kind and answer.recipe.kind not in options.kind:
                continue
            one = judged(answer, workshop)
            counts[answer.target, answer.way, "all"] += 1
            counts[answer.target, answer.way, "verdict"] += one.is_same_verdict
            counts[answer.target, answer.way, "sentence"] += one.is_same_sentence
            if options.wrong and not one.is_same_sentence:
                print(f"{answer.target} {answer.way} {answer.recipe.base} {answer.recipe.kind} {answer.recipe.at}")
                print(f"  Keras: {(answer.message or 'loads')[:400]!r}\n  said:  {one.said[:400]!r}")
    _print(counts)
    return 0


def _print(counts: Mapping[tuple[str, str, str], int]) -> None:
    print(f"{'target':<15} {'way':<8} {'files':>6} {'verdict':>9} {'sentence':>9}")
    for target, way in sorted({key[:2] for key in counts}):
        files, verdicts, sentences = (counts[target, way, what] for what in ("all", "verdict", "sentence"))
        print(f"{target:<15} {way:<8} {files:>6} {verdicts / files:>9.1%} {sentences / files:>9.1%}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
