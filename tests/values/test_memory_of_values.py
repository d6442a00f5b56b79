"""Values are read in blocks: memory does not grow with the file, and a pass costs little more than reading."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.truth import ROOT
from tests.values.files import untrained, write

#: Megabytes of values in the large file, and by how much a pass over them may raise the peak of the process.
STORED, ALLOWED = 256, 64

PROGRAM = """
import sys
from lstmlint.pipeline import load
from lstmlint.values.measuring import measured

def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024

measured(load(sys.argv[1]))
before = peak()
assert not measured(load(sys.argv[2])).unread
print(peak() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    small = write(tmp_path / "small.h5", untrained())
    rows = STORED * 1024 * 1024 // (64 * 4)
    large = write(tmp_path / "large.h5", {**untrained(), "kernel": np.ones((rows, 64), np.float32)})
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(small), str(large)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert float(run.stdout) < ALLOWED
