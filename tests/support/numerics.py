"""The models of `fixtures/numerics`, with the outputs that old versions of Keras computed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import h5py
import numpy as np
from numpy.typing import NDArray

from lstmlint.ir.document import Document, StoredLayer
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Unknown
from lstmlint.ir.weight import Weights

NUMERICS = Path(__file__).parents[2] / "fixtures" / "numerics"
VERSIONS = ("1.2.2", "2.3.1", "2.15.0")

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Run:
    """A file that a version of Keras made, with the outputs of that version for some inputs."""

    version: str
    file: str
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    tolerance: float

    def __str__(self) -> str:
        return f"{self.version}/{self.file}"

    @property
    def name(self) -> str:
        return self.file.partition(".")[0]

    def unpack(self, folder: Path) -> Path:
        """The file, in a folder."""
        with zipfile.ZipFile(NUMERICS / f"keras-{self.version}.zip") as archive:
            return Path(archive.extract(self.file, folder))


@cache
def runs() -> tuple[Run, ...]:
    """Every file with its inputs and outputs."""
    return tuple(_runs())


def _runs() -> Iterator[Run]:
    for version in VERSIONS:
        for line in (NUMERICS / f"keras-{version}.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            inputs, outputs = (tuple(map(_array, entry[key])) for key in ("inputs", "outputs"))
            for file in entry["files"]:
                yield Run(version, file, inputs, outputs, entry["tolerance"])


def _array(values: Any) -> Array:
    return np.asarray(values, np.float32)


def find(version: str, file: str) -> Run:
    return next(run for run in runs() if (run.version, run.file) == (version, file))


def stored_arrays(document: Document, stored: StoredLayer) -> list[Array]:
    """The values of a stored layer of an HDF5 file."""
    with h5py.File(document.path) as file:
        return [np.asarray(file[tensor.place]) for tensor in stored.tensors]


def directions(layer: Layer, arrays: list[Array]) -> dict[str, list[Array]]:
    """The values of a layer by their owner: the layer itself, its two directions, or its cells."""
    owners = {role: child for role, child in layer.children.items() if _number(child.weights)}
    if not owners:
        return {"": arrays}
    parts = {}
    for role, child in owners.items():
        parts[role], arrays = arrays[: _number(child.weights)], arrays[_number(child.weights) :]
    return parts


def _number(weights: Weights) -> int:
    assert not isinstance(weights, Unknown)
    return len(weights)
