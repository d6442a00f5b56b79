"""No error on what Keras 3 writes and loads again, in every container: layers, stacks, drawn models."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from tests.inference.test_layers_keras3 import STACKS
from tests.support.case import Case
from tests.support.containers import COMPILED_FORMS, FORMS, saved_forms, unjust_errors
from tests.support.drawn_models import models
from tests.support.live_models import ARCHITECTURES, BATCHES, architecture, beside_each_other, name_of

pytestmark = pytest.mark.usefixtures("quick_weights")


@pytest.mark.parametrize("batch", BATCHES, ids=name_of)
def test_layers(batch: list[Case], tmp_path: Path) -> None:
    assert unjust_errors(beside_each_other(batch), tmp_path) == []


@pytest.mark.parametrize("name", STACKS)
def test_stacks(name: str, tmp_path: Path) -> None:
    assert unjust_errors(STACKS[name](), tmp_path) == []


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_architectures(name: str, tmp_path: Path) -> None:
    """What the fixtures hold in some containers, in all of them."""
    assert unjust_errors(architecture(name), tmp_path) == []


@given(model=models())
@settings(
    max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_drawn_models(tmp_path_factory: pytest.TempPathFactory, model: keras.Model | None) -> None:
    assume(model is not None and model.built)
    assert model is not None
    assert unjust_errors(model, tmp_path_factory.mktemp("drawn")) == []


def test_every_container_is_tried(tmp_path: Path) -> None:
    forms = {saved.container for saved in saved_forms(STACKS["lstm-72"](), tmp_path)}
    assert forms == {*FORMS, *COMPILED_FORMS}
