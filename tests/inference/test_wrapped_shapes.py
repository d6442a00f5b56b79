"""An input shape on the layer inside a wrapper builds no model, as `data/make_wrapped_shapes.py` saw it."""

from __future__ import annotations

import json

import pytest

import lstmlint
from lstmlint.ir.document import Container, Document
from lstmlint.ir.shape import Unknown, to_json
from lstmlint.pipeline import model_of
from tests.support.truth import ROOT

LINES = (ROOT / "tests/data/wrapped_shapes.jsonl").read_text(encoding="utf-8").splitlines()
MODELS = [json.loads(line) for line in LINES]


def model(at: int) -> lstmlint.Model:
    written = MODELS[at]["model"]
    return model_of(Document("m.json", Container.JSON, written, keras_version=written["keras_version"]))


@pytest.mark.parametrize("at", range(len(MODELS)))
def test_a_shape_inside_a_wrapper_builds_nothing(at: int) -> None:
    given, last = model(at).layers[0].outputs, model(at).layers[-1].outputs
    if MODELS[at]["is_built"]:
        assert to_json(last) == MODELS[at]["output"]
    else:
        assert isinstance(given, Unknown)
        assert given.reason.startswith("the input shape stands on '")
        assert not isinstance(model(at).params, int)


def test_both_kinds_are_held() -> None:
    assert {one["is_built"] for one in MODELS} == {True, False}
    assert {one["model"]["keras_version"] for one in MODELS} == {"2.3.1", "2.15.0"}
