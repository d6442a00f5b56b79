"""Print how many errors lstmlint reports on files that their Keras loads again: `python -m tests.judge`.

A row for each version and container has the files, their errors, and the true errors, which report danger or bad
training (security, training). Every other error is false and is printed below. The models of Keras 3.15 are made for
the run: a third of the layers, or all of them with LSTMLINT_EVERY_CASE=1.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import pytest
from tabulate import tabulate

from tests.inference.test_layers_keras3 import STACKS
from tests.support.containers import OF_DANGER_OR_SENSE, Saved, errors, is_healthy, saved_forms
from tests.support.differential import make_weights_quickly
from tests.support.live_models import ARCHITECTURES, BATCHES, architecture, beside_each_other
from tests.support.written import PACKED_VERSIONS, containers, layer_models, legacy_weights, loaded


def committed(folder: Path) -> Iterator[Saved]:
    """Every file that the repository holds."""
    for saved in loaded(folder):
        yield saved
        yield from legacy_weights(saved, folder / "weights")
    yield from layer_models(folder / "layers")
    for version in PACKED_VERSIONS:
        yield from containers(version, folder / version)


def live_models() -> Iterator[keras.Model]:
    yield from map(beside_each_other, BATCHES)
    yield from (build() for build in STACKS.values())
    yield from map(architecture, ARCHITECTURES)


class Counts:
    """Files and errors by version and container, and the false errors."""

    def __init__(self) -> None:
        self.files: Counter[tuple[str, str]] = Counter()
        self.said: Counter[tuple[str, str]] = Counter()
        self.true: Counter[tuple[str, str]] = Counter()
        self.false: list[str] = []

    def add(self, saved: Saved, model: keras.Model | None = None) -> None:
        """Count a file; a file of a live model with errors counts only where Keras loads and calls it again."""
        found, key = errors(saved), (saved.keras.removeprefix("keras-"), saved.container)
        false = [one for one in found if one.category not in OF_DANGER_OR_SENSE]
        if false and model is not None and not is_healthy(saved, model):
            return
        self.files[key] += 1
        self.said[key] += len(found)
        self.true[key] += len(found) - len(false)
        self.false += [f"false: {' '.join(key)} {saved.name}: {one.rule}: {one.finding.message}" for one in false]

    def table(self) -> str:
        rows = [[*key, self.files[key], self.said[key], self.true[key]] for key in sorted(self.files)]
        rows.append(["total", "", self.files.total(), self.said.total(), self.true.total()])
        return tabulate(rows, headers=["Keras", "Container", "Files", "Errors said", "Errors true"])


def main() -> int:
    counts = Counts()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for saved in committed(Path(folder)):
            counts.add(saved)
        make_weights_quickly(patch)
        for number, model in enumerate(live_models()):
            for saved in saved_forms(model, Path(folder, "live", str(number))):
                counts.add(saved, model)
    sys.stdout.write("\n".join([counts.table(), *counts.false]) + "\n")
    return 1 if counts.false else 0


if __name__ == "__main__":
    sys.exit(main())
