"""A disk that takes no more while HDF5 writes is named as that, and not as damage of the old file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.truth import FIXTURES

PROGRAM = """
import resource, signal, sys, lstmlint.fixing.relayout, h5py, lstmlint
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
try:
    lstmlint.fix(sys.argv[1], sys.argv[2])
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no files")
@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_a_full_disk_is_no_damage(suffix: str, tmp_path: Path) -> None:
    old, new = FIXTURES / "keras-2.15.0/lstm-72.h5", tmp_path / f"new{suffix}"
    ran = subprocess.run([sys.executable, "-c", PROGRAM, old, new], capture_output=True, text=True, check=False)
    said = ran.stdout.lower()
    assert said == f"unwritableerror {new}: cannot be written (file too large)\n".lower(), ran.stderr
    assert list(tmp_path.iterdir()) == []
