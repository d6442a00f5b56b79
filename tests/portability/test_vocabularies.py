"""Vocabularies of Keras 3: changed archives, held against what real Kerases on TensorFlow say of them.

`tests/data/vocabularies.jsonl` is made by `fixtures/scripts/vocabularies/`, and the files are made again here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from lstmlint.analyses.vocabulary_files import stored_words
from lstmlint.ir.finding import Severity
from lstmlint.keras.versions import targets_of
from lstmlint.pipeline import analyze, load
from lstmlint.portability.obstacle import Stage
from lstmlint.portability.verdict import Outcome, Verdict, verdict
from tests.support.vocabularies import FOLDER, Answer, answers

RULE = "invalid-vocabulary"
NEWEST = "3.15.1"

#: The words in a message are numpy's, and addresses are taken out of it.
NUMPY, ADDRESS = re.compile(r"np\.\w+\(([^)]*)\)"), re.compile(r"0x[0-9a-f]+")

Judged = list[tuple[Answer, Path, Verdict]]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("vocabularies")
    return list(_judged(folder))


def _judged(folder: Path) -> Iterator[tuple[Answer, Path, Verdict]]:
    for number, answer in enumerate(answers()):
        if not _is_of_another_rule(answer):
            path = folder / f"{number}.keras"
            path.write_bytes(answer.archive())
            yield answer, path, verdict(load(str(path)), targets_of([answer.target])[0])


def _is_of_another_rule(answer: Answer) -> bool:
    """Whether the config has a key that its class does not know."""
    return "Unrecognized" in (answer.load or "")


def _refusal(one: Verdict) -> str | None:
    return next((told.message for told in one.obstacles if told.rule == RULE and told.stage is Stage.LOAD), None)


def test_refused_vocabularies_are_those_that_real_keras_refuses(judged: Judged) -> None:
    assert len({answer.change for answer, _, _ in judged}) > 30
    wrong = [(answer, _refusal(one)) for answer, _, one in judged if (answer.load is None) != (_refusal(one) is None)]
    assert wrong == []


def test_refusals_are_in_the_words_of_real_keras(judged: Judged) -> None:
    wrong = [
        (answer, _refusal(one))
        for answer, _, one in judged
        if answer.load is not None
        and NUMPY.sub(r"\1", answer.load) not in ADDRESS.sub("0x0", _refusal(one) or "").replace("\\\\", "\\")
    ]
    assert wrong == []


def test_a_model_without_any_vocabulary_fails_when_called(judged: Judged) -> None:
    uncallable = [(answer, one) for answer, _, one in judged if answer.call and "Table not init" in answer.call]
    assert uncallable
    assert {one.outcome for _, one in uncallable} == {Outcome.UNCALLABLE}


def test_check_says_what_the_newest_keras_says(judged: Judged) -> None:
    for answer, path, _ in judged:
        if answer.version == NEWEST:
            errors = [one for one in analyze(str(path)).diagnostics if one.severity is Severity.ERROR]
            assert {one.rule for one in errors} == ({RULE} if answer.load is not None else set()), answer


def test_an_embedding_with_too_few_rows_is_told_where_real_keras_fails(judged: Judged) -> None:
    told = {
        (answer.call is not None, any(one.rule == "mask-zero-vocabulary" for one in analyze(str(path)).diagnostics))
        for answer, path, _ in judged
        if answer.version == NEWEST
        and answer.load is None
        and answer.base.startswith(("too-few", "texts"))
        and answer.change in ("healthy", "words alone", "too many words", "line end at the end", "just enough tokens")
    }
    assert told == {(True, True), (False, False)}


def test_words_are_read_whole(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(20_000)]
    path = tmp_path / "many.keras"
    with ZipFile(FOLDER / "strings-3.3.3.keras") as healthy, ZipFile(path, "w") as written:
        for name in healthy.namelist():
            changed = "\n".join(["[UNK]", *words]) if name.endswith("vocabulary.txt") else healthy.read(name)
            written.writestr(name, changed)
    model = load(str(path))
    assert stored_words(model, model.layers[1]) == ["[UNK]", *words]
