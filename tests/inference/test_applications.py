"""Whole architectures: every model of `keras.applications`, built here by Keras 3.15 and recorded from Keras 2.15."""

from __future__ import annotations

import inspect
import json
import lzma
from typing import Any

import keras
import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.ir.model import Model
from lstmlint.ir.shape import to_json
from lstmlint.pipeline import model_of
from tests.support import differential
from tests.support.truth import ROOT

pytestmark = pytest.mark.usefixtures("quick_weights")

APPLICATIONS = [name for name in dir(keras.applications) if inspect.isfunction(getattr(keras.applications, name))]

RECORDED: dict[str, Any] = json.loads(lzma.decompress((ROOT / "tests/data/applications-2.15.0.json.xz").read_bytes()))


def inferred(config: Any, version: str) -> Model:
    return model_of(Document("model.json", Container.JSON, config, keras_version=version))


@pytest.mark.parametrize("name", APPLICATIONS)
def test_keras_3(name: str) -> None:
    theirs = getattr(keras.applications, name)(weights=None)
    ours = inferred(json.loads(theirs.to_json()), keras.__version__)
    expected, given = differential.keras_says(theirs), differential.lstmlint_says(ours)
    assert {path: given.layers[path] for path in expected.layers} == expected.layers
    assert given.counts == expected.counts
    keras.backend.clear_session()


@pytest.mark.parametrize("recorded", RECORDED["models"], ids=lambda recorded: str(recorded["name"]))
def test_keras_2_15(recorded: dict[str, Any]) -> None:
    model = inferred(recorded["config"], RECORDED["keras_version"])
    ours = [
        [layer.name, [_plain(to_json(call.outputs)) for call in layer.calls], layer.params, layer.trainable_params]
        for layer in model.summary_layers
    ]
    theirs = [[name, [_plain(shape) for shape in shapes], *counts] for name, shapes, *counts in recorded["layers"]]
    assert ours == theirs
    assert model.params == recorded["total"]


def _plain(shape: Any) -> Any:
    """Keras 2 states the shape of an input layer as a list of one."""
    return shape[0] if len(shape) == 1 and isinstance(shape[0], list) else shape
