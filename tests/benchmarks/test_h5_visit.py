"""What our reading of an HDF5 file costs against the least visit that learns the same: every tensor's shape and dtype.

`pytest tests/benchmarks/test_h5_visit.py --benchmark-enable -s` prints the ratios of both layouts, from one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest

from lstmlint.readers import read

LAYERS = 555
"""With three tensors each, so that 1,665 tensors are read."""

ROUNDS = 9
SHAPES = {"kernel": (4, 16), "recurrent_kernel": (4, 16), "bias": (16,)}

#: How many times as long as the least visit a reading may take.
MOST = 2.5


def write_listed(path: Path) -> None:
    """Weights whose names attributes list, as Keras 2 writes them."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = numpy.array([f"lstm_{number}".encode() for number in range(LAYERS)])
        for number in range(LAYERS):
            group = file.create_group(f"lstm_{number}")
            group.attrs["weight_names"] = numpy.array([f"lstm_{number}/{name}:0".encode() for name in SHAPES])
            for name, shape in SHAPES.items():
                group.create_dataset(f"lstm_{number}/{name}:0", shape, "float32")[...] = 0


def write_nested(path: Path) -> None:
    """Weights in nested groups of numbered variables, as Keras 3 writes them."""
    with h5py.File(path, "w") as file:
        for number in range(LAYERS):
            for variable, shape in enumerate(SHAPES.values()):
                place = f"layers/lstm_{number}/cell/vars/{variable}"
                file.create_dataset(place, shape, "float32")[...] = 0


def least(path: Path) -> int:
    """The number of tensors met by a visit with calls of the lowest level."""
    with h5py.File(h5py.h5f.open_file_image(path.read_bytes())) as file:
        root = file["/"].id
        places: list[bytes] = []
        root.links.visit(places.append)
        found = [h5py.h5o.open(root, place) for place in places]
        return len([(item.shape, item.dtype) for item in found if isinstance(item, h5py.h5d.DatasetID)])


def ours(path: Path) -> int:
    """The number of tensors in the document of a file."""
    return sum(len(layer.tensors) for layer in read(str(path)).stored or ())


def seconds(function: Callable[[Path], Any], path: Path) -> float:
    """The least processor time of a call, over several rounds."""
    measured = []
    for _ in range(ROUNDS):
        before = time.process_time()
        function(path)
        measured.append(time.process_time() - before)
    return min(measured)


@pytest.mark.parametrize("write", [write_listed, write_nested])
def test_visit(tmp_path: Path, request: pytest.FixtureRequest, write: Callable[[Path], None]) -> None:
    path = tmp_path / "model.weights.h5"
    write(path)
    assert ours(path) == least(path) == LAYERS * len(SHAPES)
    if request.config.getoption("--benchmark-enable"):
        ratio = seconds(ours, path) / seconds(least, path)
        print(f"\n{write.__name__:14} {ratio:5.2f}   at most {MOST}")
        assert ratio <= MOST
