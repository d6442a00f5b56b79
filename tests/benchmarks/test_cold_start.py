"""What one command costs from Python's start to its end, against the least that any program must do for the same file.

`pytest tests/benchmarks/test_cold_start.py --benchmark-enable -s` prints the table. The figures are seconds of
processor time, each program in turn, and ratios of their medians; nothing but ratios is compared with the goals.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.clock import processor_seconds
from tests.benchmarks.test_speed import MODEL

ROUNDS = 11

READ_JSON = "import json, sys\nwith open(sys.argv[1], encoding='utf-8') as file: json.loads(file.read())\n"

#: Config and shapes of a whole-model H5 file, and of a `.keras` archive.
READ_H5 = """
import json, sys, h5py
shapes = []
with h5py.File(sys.argv[1]) as file:
    file["model_weights"].visititems(lambda name, item: shapes.append(getattr(item, "shape", None)))
    json.loads(file.attrs["model_config"])
"""
READ_KERAS = """
import io, json, sys, zipfile, h5py
shapes = []
with zipfile.ZipFile(sys.argv[1]) as archive:
    json.loads(archive.read("config.json"))
    with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        file.visititems(lambda name, item: shapes.append(getattr(item, "shape", None)))
"""

CHECK = ("-m", "lstmlint", "check", "--isolated")

#: A program, what it is held against, and how many times as long it may take.
GOALS: dict[str, tuple[tuple[str, ...], tuple[str, ...], float]] = {
    "check model.json": ((*CHECK, "model.json"), ("-c", READ_JSON, "model.json"), 6),
    "check model.h5": ((*CHECK, "model.h5"), ("-c", READ_H5, "model.h5"), 1.6),
    "check model.keras": ((*CHECK, "model.keras"), ("-c", READ_KERAS, "model.keras"), 1.6),
    "--version": (("-m", "lstmlint", "--version"), ("-c", "pass"), 4),
    "--help": (("-m", "lstmlint", "--help"), ("-c", "pass"), 4),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model in each container, made in a process of its own."""
    made = tmp_path_factory.mktemp("cold")
    program = MODEL + '\nmodel.save(folder / "model.keras")\n'
    subprocess.run([sys.executable, "-c", program, str(made)], check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def ratios(folder: Path, request: pytest.FixtureRequest) -> dict[str, float]:
    """How many times as long as the least each program takes; empty where nothing is measured."""
    if not request.config.getoption("--benchmark-enable"):
        return {}
    measured: dict[str, float] = {}
    for name, (program, least, _) in GOALS.items():
        pairs = [(processor_seconds(program, folder), processor_seconds(least, folder)) for _ in range(ROUNDS + 1)][1:]
        whole, base = (statistics.median(seconds) for seconds in zip(*pairs, strict=True))
        measured[name] = whole / base
    print("".join(f"\n{name:20} {ratio:6.2f}   at most {GOALS[name][2]}" for name, ratio in measured.items()))
    return measured


@pytest.mark.parametrize("name", GOALS)
def test_start(name: str, ratios: dict[str, Any]) -> None:
    if not ratios:
        pytest.skip("nothing is measured without --benchmark-enable")
    assert ratios[name] <= GOALS[name][2]
