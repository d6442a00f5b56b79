"""Parameters of lookup layers are those that tf.keras 2.15.1 counted: `fixtures/scripts/make_lookup_facts.py`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import model_of
from tests.support.truth import ROOT

FACTS = [json.loads(line) for line in (ROOT / "tests/data/lookups-2.15.1.jsonl").read_text().splitlines()]


def described(fact: dict[str, Any]) -> str:
    layer = fact["config"]["config"]["layers"][-1]
    return f"{layer['class_name']}-{layer['config']['output_mode']}"


@pytest.mark.parametrize("fact", FACTS, ids=described)
def test_lookups_have_the_parameters_and_outputs_of_keras(fact: dict[str, Any]) -> None:
    document = Document("m.json", Container.JSON, fact["config"], keras_version=fact["keras_version"])
    model = model_of(document)
    assert model.params == fact["params"]
    assert model.layers[-1].calls[0].outputs == tuple(fact["output_shape"])


def test_documents_are_counted_only_where_frequencies_were_learned() -> None:
    assert {described(fact) for fact in FACTS if fact["params"]} == {"TextVectorization-tf_idf"}
    assert len(FACTS) == 24
