"""What is stored beside the config: broken files of three Kerases, held against what real Kerases say of them.

`tests/data/stored.jsonl` is made by `fixtures/scripts/stored/`, and the files are made again here of its recipes.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.stored_table import BARE, WAYS, WHOLE, Judgement, Workshop, answers, contradictions, judged


@pytest.fixture(scope="module")
def judgements(tmp_path_factory: pytest.TempPathFactory) -> list[Judgement]:
    workshop = Workshop(tmp_path_factory.mktemp("stored"))
    return [judged(answer, workshop) for answer in answers()]


def test_there_are_hundreds_of_broken_files_of_each_way_of_loading() -> None:
    told = list(answers())
    assert len({one.recipe for one in told}) >= 400
    assert set(Counter(one.way for one in told)) == set(WAYS)
    refused = [one for one in told if one.way == BARE and one.message is not None]
    assert len(refused) >= 300


def test_verdicts_on_broken_files_are_those_of_real_keras(judgements: list[Judgement]) -> None:
    wrong = [one for one in judgements if not one.is_same_verdict]
    assert len(wrong) <= 0.03 * len(judgements), wrong[:5]


def test_sentences_on_broken_files_are_those_of_real_keras(judgements: list[Judgement]) -> None:
    wrong = [one for one in judgements if not one.is_same_sentence]
    assert len(wrong) <= 0.05 * len(judgements), wrong[:5]


@pytest.mark.parametrize("target", ["keras-2.3", "tf-keras-2.15", "keras-3.15"])
def test_no_keras_is_left_behind(judgements: list[Judgement], target: str) -> None:
    own = [one for one in judgements if one.answer.target == target and one.answer.way in (WHOLE, BARE)]
    assert own
    assert sum(one.is_same_verdict for one in own) >= 0.97 * len(own)


def test_check_and_loads_call_the_same_files_broken(tmp_path: Path) -> None:
    assert list(contradictions(Workshop(tmp_path))) == []
