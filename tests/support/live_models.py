"""Models of Keras 3 to save in every container: single layers, stacks, and the architectures of the fixtures."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import keras
from keras.src.saving.serialization_lib import SafeModeScope

from tests.support.case import Case
from tests.support.differential import functional
from tests.support.layer_cases import EVERY_CASE
from tests.support.truth import FIXTURES

#: The number of layers of a class in one model: saving takes longer than building a layer.
TOGETHER = 8


def batches() -> Iterator[list[Case]]:
    """Every case, several of one class together."""
    for _, cases in groupby(sorted(EVERY_CASE, key=lambda case: case.class_name), key=lambda case: case.class_name):
        together = list(cases)
        yield from (together[at : at + TOGETHER] for at in range(0, len(together), TOGETHER))


EVERY_BATCH = list(batches())
BATCHES = (
    EVERY_BATCH
    if os.environ.get("LSTMLINT_EVERY_CASE")
    else random.Random(7).sample(EVERY_BATCH, len(EVERY_BATCH) // 3)
)

ARCHITECTURES = sorted({path.stem for path in (FIXTURES / "keras-3.15.1").glob("*.*")})


def beside_each_other(cases: list[Case]) -> keras.Model:
    """A model in which every case has its own inputs and outputs."""
    parts: list[Any] = [functional(case.shape, case.layer()) for case in cases]
    inputs = [tensor for part in parts for tensor in part.inputs]
    return keras.Model(inputs, [tensor for part in parts for tensor in part.outputs])


def name_of(batch: list[Case]) -> str:
    return f"{batch[0].class_name}-{EVERY_BATCH.index(batch)}"


def architecture(name: str) -> keras.Model:
    """A model that the fixtures hold in some containers only."""
    with SafeModeScope(False):
        return keras.models.model_from_json((FIXTURES / "keras-3.15.1" / f"{name}.json").read_text())
