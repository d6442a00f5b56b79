"""The clock of the benchmarks of whole programs: the processor's time, so that other programs do not count."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.support.truth import ROOT


def processor_seconds(program: tuple[str, ...], folder: Path, statuses: tuple[int, ...] = (0, 1)) -> float:
    """What Python and all that it starts take for a program; compiled modules are kept, as users have them.

    `statuses` are the exit statuses with which it may end.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(ROOT)
    before = _ended()
    done = subprocess.run([sys.executable, *program], cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode in statuses, done.stderr
    return _ended() - before


def _ended() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
