"""Weights are read as shapes only: memory does not grow with them."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import weakref
from pathlib import Path

import h5py
import pytest

from lstmlint.linting.rule import Persona
from lstmlint.pipeline import judge, load
from lstmlint.settings.settings import Settings
from tests.support.truth import FIXTURES, ROOT

#: Megabytes of weights in the file, and of memory that the process may use in all.
STORED = 1024
ALLOWED = 100

PROGRAM = """
import io, sys
from lstmlint.cli import main
status = main(["check", sys.argv[1]], io.StringIO(), sys.stderr)
# The peak of this process alone: getrusage counts that of the process that started it as well.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(status, int(peak.split()[1]) // 1024)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_a_gigabyte_of_weights_is_checked_in_little_memory(tmp_path: Path) -> None:
    rows, units = 131_072, 512
    path = tmp_path / "large.h5"
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "large",
            "layers": [
                {
                    "class_name": "InputLayer",
                    "config": {"name": "series", "batch_input_shape": [None, 9, rows - units]},
                },
                {"class_name": "LSTM", "config": {"name": "lstm", "units": units}},
            ],
        },
    }
    shapes = {"kernel": (rows - units, 4 * units), "recurrent_kernel": (units, 4 * units), "bias": (4 * units,)}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.15.0"
        group = file.create_group("model_weights/lstm")
        file["model_weights"].attrs["layer_names"] = [b"lstm"]
        group.attrs["weight_names"] = [f"lstm/{name}:0".encode() for name in shapes]
        for name, shape in shapes.items():
            # Early allocation reserves the bytes without writing them, so the file is large and quick to make.
            plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
            plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
            space = h5py.h5s.create_simple(shape)
            parent = group.require_group("lstm")
            h5py.h5d.create(parent.id, f"{name}:0".encode(), h5py.h5t.IEEE_F32LE, space, plist)
    assert path.stat().st_size >= STORED * 2**20
    command = [sys.executable, "-c", PROGRAM, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=True)
    status, used = map(int, result.stdout.split())
    assert status == 1  # it has far more parameters than other recurrent layers
    assert used < ALLOWED


@pytest.mark.parametrize("name", ["lstm-72", "seq2seq", "nested", "bidirectional-states"])
def test_a_judged_model_is_freed_without_the_collector(name: str) -> None:
    gc.disable()
    try:
        analysis = judge(load(str(FIXTURES / "keras-2.15.0" / f"{name}.json")), Settings(persona=Persona.PEDANTIC))
        model = weakref.ref(analysis.model)
        del analysis
        assert model() is None
    finally:
        gc.enable()
