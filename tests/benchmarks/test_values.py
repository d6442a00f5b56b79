"""What all measures of stored values cost against reading and hashing the same bytes, and their memory as files grow.

The digest is one of the measures, and costs three times what h5py takes for bytes that the system holds in memory.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from lstmlint.pipeline import load
from lstmlint.values.measuring import measured
from lstmlint.values.stores.blocks import BLOCK_BYTES
from tests.support.truth import ROOT
from tests.values.files import orthogonal, write

#: All measures take at most this many times the processor time of reading the same bytes with h5py and hashing them.
MOST_TIMES = 5.0

#: A pass over a gigabyte raises the peak of a process by at most this many megabytes more than one over 10 MB.
MOST_MEGABYTES = 16

ROUNDS = 5

#: Megabytes of values in a file.
SMALL, LARGE = 10, 1024

PEAK = """
import sys
from lstmlint.pipeline import load
from lstmlint.values.measuring import measured

assert not measured(load(sys.argv[1])).unread
print(int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024)
"""

Large = Callable[[int], Path]


@pytest.fixture
def large(tmp_path: Path) -> Large:
    """Makes a model of so many megabytes: an LSTM whose kernel is drawn as Keras draws it."""

    def made(megabytes: int) -> Path:
        rows, random = megabytes * 1024 * 1024 // (4 * 256), np.random.default_rng(0)
        tensors = {
            "kernel": np.broadcast_to(np.float32(0), (rows, 256)), "recurrent_kernel": orthogonal(64, 4),
            "bias": np.zeros(256, np.float32),
        }  # fmt: skip
        path = write(tmp_path / f"{megabytes}.h5", tensors)
        limit = np.sqrt(6 / (rows + 256))
        with h5py.File(path, "a") as file:
            kernel = file["model_weights/rnn/rnn/kernel:0"]
            for first in range(0, rows, 1 << 13):
                size = (min(rows, first + (1 << 13)) - first, 256)
                kernel[first : first + size[0]] = (random.random(size, np.float32) * 2 - 1) * limit
        return path

    return made


def read(path: Path) -> str:
    """The SHA-256 of every value of a file, read with h5py a block at a time."""
    digest = hashlib.sha256()

    def values(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            step = max(1, BLOCK_BYTES // (item.dtype.itemsize * int(np.prod(item.shape[1:]))))
            for first in range(0, item.shape[0], step):
                digest.update(item[first : first + step].data)

    with h5py.File(path) as file:
        file.visititems(values)
    return digest.hexdigest()


def seconds(work: Callable[[], object]) -> float:
    """The least processor time of some rounds."""
    times = []
    for _ in range(ROUNDS):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return min(times)


def test_all_measures_cost_little_more_than_reading_and_hashing(large: Large) -> None:
    path = large(128)
    model = load(str(path))
    least, whole = seconds(lambda: read(path)), seconds(lambda: measured(model))
    print(f"reading and hashing {least:.3f} s, all measures {whole:.3f} s: {whole / least:.2f} times")
    assert whole <= MOST_TIMES * least


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_memory_is_flat(large: Large) -> None:
    small, much = (peak(large(megabytes)) for megabytes in (SMALL, LARGE))
    print(f"peak {small:.0f} MB at {SMALL} MB, {much:.0f} MB at {LARGE} MB")
    assert much - small <= MOST_MEGABYTES


def peak(path: Path) -> float:
    """The most megabytes of a process that measures a file."""
    run = subprocess.run([sys.executable, "-c", PEAK, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    path.unlink()
    return float(run.stdout)
